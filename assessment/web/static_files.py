"""Style sheets, scripts and pictures: addressed by what they hold, so that a browser asks for each version once.

They are few and small: each is read and compressed once and stays in memory.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import quote

from flask import Flask, Response, abort, request

from assessment.web.compression import SMALLEST, client_accepts_gzip

FOLDER = Path(__file__).parent / "static"
CACHE_FOREVER = "public, max-age=31536000, immutable"
REVALIDATE = "no-cache"
JOINED = {
    "respond.css": ("tokens.css", "respond.css"),
    "participate.css": ("tokens.css", "participate.css"),
    "respond.js": ("respond/draft.js", "respond/sending.js", "respond/steps.js"),
}
"""Files that are made of others, so that a phone asks for one instead of several."""


@dataclass(frozen=True, slots=True)
class StaticFile:
    mimetype: str
    plain: bytes
    compressed: bytes
    version: str


@cache
def _files() -> dict[str, StaticFile]:
    names = {path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*") if path.is_file()}
    return {name: _read(name, JOINED.get(name, (name,))) for name in names | JOINED.keys()}


def _read(name: str, parts: tuple[str, ...]) -> StaticFile:
    plain = b"".join((FOLDER / part).read_bytes() for part in parts)
    mimetype = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return StaticFile(mimetype, plain, gzip.compress(plain, 9, mtime=0), hashlib.sha256(plain).hexdigest()[:12])


def _send(filename: str) -> Response:
    file = _files().get(filename)
    if file is None:
        abort(404)
    is_compressed = client_accepts_gzip() and SMALLEST <= len(file.plain) > len(file.compressed)
    response = Response(file.compressed if is_compressed else file.plain, mimetype=file.mimetype)
    if is_compressed:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    # An address without the version, or with another one, may mean another file tomorrow.
    response.headers["Cache-Control"] = CACHE_FOREVER if request.args.get("v") == file.version else REVALIDATE
    response.set_etag(file.version + ("-gz" if is_compressed else ""))
    response.make_conditional(request)
    return response


@cache
def inline_file(filename: str) -> str:
    """The address of a small file that holds the file itself."""
    file = _files()[filename]
    return f"data:{file.mimetype},{quote(file.plain)}"


def _add_version(endpoint: str, values: dict[str, object]) -> None:
    if endpoint == "static" and (file := _files().get(str(values.get("filename")))):
        values["v"] = file.version


def init_app(app: Flask) -> None:
    app.add_url_rule("/static/<path:filename>", endpoint="static", view_func=_send)
    app.jinja_env.globals["inline_file"] = inline_file
    app.url_default_functions.setdefault(None, []).append(_add_version)
