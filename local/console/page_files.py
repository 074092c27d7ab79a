"""The page's own files, read once: nothing of the disk is served but these."""

import hashlib
import mimetypes
from http import HTTPStatus
from pathlib import Path

from local.console.safety import HEADERS
from local.serving import Reply, Request

_PAGE = Path(__file__).resolve().parent / "page"


class PageFiles:
    """An application for the files of one folder, by their names."""

    def __init__(self, folder: Path = _PAGE) -> None:
        self._files = {
            "/" + ("" if path.name == "index.html" else path.name): _File(path)
            for path in sorted(folder.iterdir())
        }

    def __call__(self, request: Request) -> Reply:
        """Answer with the file, or with what the browser has already."""
        file = self._files.get(request.path)
        if file is None:
            return Reply(HTTPStatus.NOT_FOUND, (("Content-Type", "text/plain"), *HEADERS), b"none")
        if request.header("If-None-Match") == file.tag:
            return Reply(HTTPStatus.NOT_MODIFIED, file.headers)
        return Reply(HTTPStatus.OK, file.headers, file.content)


class _File:
    def __init__(self, path: Path) -> None:
        self.content = path.read_bytes()
        self.tag = f'"{hashlib.sha256(self.content).hexdigest()[:16]}"'
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        self.headers = (
            ("Content-Type", f"{kind}; charset=utf-8"),
            ("Cache-Control", "no-cache"),
            ("ETag", self.tag),
            *HEADERS,
        )
