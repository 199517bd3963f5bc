"""Files that a page sends: PDFs and tables made for this request, which no cache may store."""

from __future__ import annotations

from typing import Literal

from flask import Response

from assessment.infra.languages import Localisation
from assessment.infra.slugs import slug

LONGEST_PART = 40


def document_name(words: str, team: str, *parts: str, reader: Localisation, extension: str = "pdf") -> str:
    """A name that tells this document from others in a folder of downloads: what, of which team, and what else."""
    named = (words, slug(team) or reader.gettext("team"), *parts)
    slugs = (slug(part)[:LONGEST_PART].strip("-") for part in named)
    return f"{'-'.join(filter(None, slugs))}.{extension}"


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
