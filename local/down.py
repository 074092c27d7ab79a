"""Stops the local stack and everything it started: `make down`."""

from local import edge_process, emulator
from local.endpoints import FILE
from local.progress import say


def main() -> None:
    """Stop what runs; nothing running is fine too."""
    stopped = [edge_process.stop(), emulator.stop()]
    FILE.unlink(missing_ok=True)
    say("the local stack is down" if any(stopped) else "no local stack was up")


if __name__ == "__main__":
    main()
