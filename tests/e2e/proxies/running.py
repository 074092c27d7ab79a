"""Starts a proxy from its recipe, changed only in the addresses and the secret."""

import os
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from local.places import ROOT
from local.ports import free_port

RECIPES = ROOT / "docs" / "recipes"
_API = "abc123.execute-api.eu-west-1.amazonaws.com"
_SECRET = "the-secret-of-your-deployment"

# Where the collector is, its secret, a port, a folder to write to → the command and its environment.
Start = Callable[[str, str, int, Path], tuple[list[str], dict[str, str]]]


def nginx(upstream: str, secret: str, port: int, folder: Path) -> tuple[list[str], dict[str, str]]:
    recipe = (RECIPES / "nginx.conf").read_text(encoding="utf-8")
    site = (
        recipe.replace(f"{_API}:443", upstream)
        .replace("proxy_pass https://", "proxy_pass http://")
        .replace(_API, upstream)
        .replace(_SECRET, secret)
        .replace("# … your site …", f"listen 127.0.0.1:{port};")
    )
    places = " ".join(
        f"{kind}_temp_path {folder}/{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    file = folder / "nginx.conf"
    file.write_text(
        f"daemon off; pid {folder}/pid; error_log {folder}/error.log;\n"
        f"events {{}}\nhttp {{ access_log off; {places}\n{site}\n}}\n",
        encoding="utf-8",
    )
    return [_tool("nginx"), "-p", str(folder), "-c", str(file)], {}


def caddy(upstream: str, secret: str, port: int, folder: Path) -> tuple[list[str], dict[str, str]]:
    recipe = (RECIPES / "Caddyfile").read_text(encoding="utf-8")
    site = (
        recipe.replace(f"https://{_API}", f"http://{upstream}")
        .replace(_SECRET, secret)
        .replace("shop.example {", f"http://127.0.0.1:{port} {{")
    )
    file = folder / "Caddyfile"
    file.write_text(f"{{\n\tadmin off\n}}\n{site}", encoding="utf-8")
    home = {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    return [_tool("caddy"), "run", "--config", str(file), "--adapter", "caddyfile"], home


def javascript(recipe: str) -> Start:
    def start(
        upstream: str, secret: str, port: int, folder: Path
    ) -> tuple[list[str], dict[str, str]]:
        forward = (RECIPES / "forward.js").read_text(encoding="utf-8")
        (folder / "forward.js").write_text(forward.replace(f"https://{_API}", f"http://{upstream}"))
        (folder / "package.json").write_text('{"type": "module"}')
        shutil.copy(RECIPES / recipe, folder)
        serve = Path(__file__).with_name("serve.mjs")
        return (
            [_tool("node"), str(serve), str(folder / recipe), str(port)],
            {"ORIGIN_SECRET": secret},
        )

    return start


@contextmanager
def proxied(start: Start, upstream: str, secret: str, folder: Path) -> Iterator[str]:
    """Run the proxy before the collector at `upstream` (host:port), and yield its address."""
    port = free_port()
    command, environment = start(upstream, secret, port, folder)
    with (folder / "output.log").open("wb") as output:
        process = subprocess.Popen(
            command, env=os.environ | environment, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        _wait(f"http://127.0.0.1:{port}/ev/v1/health", process, folder)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=10)


def _wait(url: str, process: subprocess.Popen[bytes], folder: Path) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=10):
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    said = "".join(file.read_text(errors="replace") for file in folder.glob("*.log"))
    pytest.fail(f"the proxy did not start: {said}")


def _tool(name: str) -> str:
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
    if found is None:
        reason = f"{name} is not installed, so its recipe was not run (apt-get install {name})"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return found
