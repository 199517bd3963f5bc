"""A plan as a file: what the file is called."""

from __future__ import annotations

import datetime as dt

from flask import Response

from assessment.services.plan_documents import PrintAs
from assessment.services.rounds import Round
from assessment.services.teams import Team
from assessment.web.downloads import document_name, file_response


def pdf_download(document: bytes, team: Team, round_: Round, as_: PrintAs, *, on: dt.date | None = None) -> Response:
    """The plan as a file: the one to fill in by hand has another name, and so has what was printed `on` a day."""
    name = document_name(
        as_.reader.gettext("plan"),
        team.name,
        round_.name,
        as_.reader.language,
        as_.reader.gettext("to fill in") if as_.is_blank else "",
        on.isoformat() if on else "",
        reader=as_.reader,
    )
    return file_response(document, name)
