"""A plan as a file: for whom it is printed, what the file is called."""

from __future__ import annotations

import datetime as dt

from flask import Response, request

from assessment.infra.languages import Localisation, Paper, language_of
from assessment.services.organisations import Organisation
from assessment.services.plan_documents import PrintAs
from assessment.services.rounds import Round
from assessment.services.teams import Team
from assessment.web.downloads import document_name, file_response
from assessment.web.languages import LANGUAGES, reader


def print_as(
    organisation: Organisation, *, language: str | None = None, paper: str | None = None, is_blank: bool = False
) -> PrintAs:
    """In a language and on a paper, or as this reader and the organisation's country have it."""
    chosen = language if language in LANGUAGES else reader().language
    localisation = Localisation(language_of(chosen), organisation.country)
    papers: dict[str | None, Paper] = {"a4": "a4", "letter": "letter"}
    return PrintAs(localisation, papers.get(paper, localisation.paper), is_blank)


def print_as_asked(organisation: Organisation) -> PrintAs:
    """As the address asks."""
    return print_as(
        organisation,
        language=request.args.get("language"),
        paper=request.args.get("paper"),
        is_blank=request.args.get("blank") == "1",
    )


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
