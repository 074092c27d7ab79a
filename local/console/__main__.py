"""`make console STAGE=production`: a deployment's console on this machine, with the terminal's credentials."""

import argparse
import secrets
import sys
from threading import Event

from botocore.exceptions import BotoCoreError, ClientError
from headwater.errors import WorkspaceError

from local.console.opening import opened
from local.console.reach import on_aws
from local.endpoints import Endpoints, NotUpError
from local.ports import free_port
from local.serving import HOST, PortBusyError, Server
from local.stages import StageError


def main(arguments: list[str]) -> None:
    """Serve until Ctrl-C; without a stage, say where the local stack's console is."""
    parser = argparse.ArgumentParser(prog="make console")
    parser.add_argument("--stage", default="", help="a section of samconfig.toml")
    parser.add_argument("--port", type=int, default=0, help="where it answers; else any free port")
    asked = parser.parse_args(arguments)
    try:
        if asked.stage in {"", "local"}:
            print(f"the local stack's console: {Endpoints.load().console}")
            return
        _serve(asked.stage, asked.port or free_port())
    except (NotUpError, StageError, WorkspaceError, PortBusyError) as error:
        raise SystemExit(f"console: {error}") from None
    except (BotoCoreError, ClientError) as error:
        raise SystemExit(f"console: AWS says: {error}") from None


def _serve(stage: str, port: int) -> None:
    # Another user of this machine could ask as well; the address is the one who opens it has.
    key = secrets.token_urlsafe(24)
    console = opened(on_aws(stage), port=port, answers=lambda *_: (), key=key)
    with Server(console, port, log=lambda _: None):
        print(f"the console of {stage}: http://{HOST}:{port}/?key={key}")
        print("it reads with your AWS credentials and changes nothing; Ctrl-C ends it")
        sys.stdout.flush()
        try:
            Event().wait()
        except KeyboardInterrupt:
            print()


if __name__ == "__main__":
    main(sys.argv[1:])
