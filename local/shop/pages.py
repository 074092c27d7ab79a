"""The shop's pages: built once by `build.mjs`, then served with the cache headers they deserve."""

import hashlib
import mimetypes
import subprocess
from pathlib import Path

from local.serving import Reply, Request

_SOURCE = Path(__file__).resolve().parent
_KEEP = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"
# Nothing from any other host: the whole point of a first-party collector.
_POLICY = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
_SAFETY = (
    ("Content-Security-Policy", _POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "strict-origin-when-cross-origin"),
)


class BuildError(Exception):
    """The pages could not be built; the message says what is missing."""


def build(out: Path, *, write_key: str, prefix: str) -> None:
    """Build pages and script into the directory, pointed at the collector under the prefix."""
    if not (_SOURCE / "node_modules").is_dir():
        raise BuildError("the shop's npm packages are not installed: run `make setup`")
    try:
        subprocess.run(
            ["node", "build.mjs", str(out.resolve()), write_key, prefix],
            cwd=_SOURCE,
            check=True,
            capture_output=True,
            text=True,
        )
    except FileNotFoundError:
        raise BuildError("`node` is not on the PATH: install Node 20 or later") from None
    except subprocess.CalledProcessError as error:
        raise BuildError(f"the shop's pages do not build: {error.stderr.strip()}") from None


class Pages:
    """An application that serves the files of one directory, and nothing outside it."""

    def __init__(self, root: Path) -> None:
        """Serve this directory."""
        self._root = root.resolve()

    def __call__(self, request: Request) -> Reply:
        """Answer GET and HEAD with the file of that path, or with the shop's own page for none."""
        if request.method not in {"GET", "HEAD"}:
            return Reply(405, (("Allow", "GET, HEAD"),))
        file = self._find(request.path)
        if file is None:
            return self._send(request, self._root / "not-found.html", 404)
        if file.is_dir():
            return Reply(308, (("Location", _with_slash(request)), ("Cache-Control", _ASK_AGAIN)))
        return self._send(request, file, 200)

    def _find(self, path: str) -> Path | None:
        if "\0" in path or not path.startswith("/"):
            return None
        file = (self._root / path.lstrip("/")).resolve()
        if path.endswith("/"):
            file /= "index.html"
        inside = file.is_relative_to(self._root)
        return file if inside and file.exists() else None

    def _send(self, request: Request, file: Path, status: int) -> Reply:
        try:
            content = file.read_bytes()
        except OSError:
            return Reply(404, body=b"not found")
        tag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        text = kind.startswith("text/") or kind == "image/svg+xml"
        hashed = file.parent.name == "chunk"
        headers = (
            ("Content-Type", f"{kind}; charset=utf-8" if text else kind),
            ("Cache-Control", _KEEP if hashed else _ASK_AGAIN),
            ("ETag", tag),
            *_SAFETY,
        )
        if status == 200 and request.header("If-None-Match") == tag:
            return Reply(304, headers)
        return Reply(status, headers, content)


def _with_slash(request: Request) -> str:
    # `//elsewhere` would be another host to a browser.
    path = "/" + request.raw_path.strip("/") + "/"
    return f"{path}?{request.query}" if request.query else path
