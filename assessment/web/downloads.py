"""Files that a page sends: PDFs and tables made for this request, which no cache may store."""

from __future__ import annotations

from typing import Literal

from flask import Response


def file_response(
    content: bytes,
    name: str,
    *,
    mimetype: str = "application/pdf",
    disposition: Literal["attachment", "inline"] = "attachment",
) -> Response:
    """The file under an ASCII `name`: saved by the browser (`attachment`), or shown in it (`inline`)."""
    headers = {"Content-Disposition": f'{disposition}; filename="{name}"', "Cache-Control": "private, no-store"}
    return Response(content, mimetype=mimetype, headers=headers)
