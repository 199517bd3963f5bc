"""`GET /documents/…`: the styles and fonts of `reports/`, and nothing else of it."""

from __future__ import annotations

from pathlib import PurePosixPath

from flask import Blueprint, abort, send_from_directory
from werkzeug.wrappers import Response

from reports.engine.html import REPORTS

blueprint = Blueprint("documents", __name__, url_prefix="/documents")

OFFERED = frozenset({".css", ".woff"})
ONE_HOUR = 3600


@blueprint.get("/<path:filename>")
def file(filename: str) -> Response:
    if PurePosixPath(filename).suffix not in OFFERED:
        abort(404)
    return send_from_directory(REPORTS, filename, max_age=ONE_HOUR)
