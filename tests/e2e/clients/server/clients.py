"""Makes calls with a server client for Python, and ends when the client has let go of all of them.

Usage: python clients.py '{"module", "write_key", "settings", "calls"}'; prints what the client says
failed. Runs in the client's own environment, with nothing of this project in it.
"""

import importlib
import json
import sys


def main() -> None:
    """Play the part given as the first argument."""
    part = json.loads(sys.argv[1])
    failed = []
    client = importlib.import_module(f"{part['module']}.client").Client(
        part["write_key"],
        on_error=lambda error, _: failed.append(repr(error)),
        **part["settings"],
    )
    for method, message in part["calls"]:
        getattr(client, method)(**message)
    client.shutdown()
    sys.stdout.write(json.dumps({"failed": failed}))


if __name__ == "__main__":
    main()
