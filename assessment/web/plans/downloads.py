"""A plan as a file: for whom it is printed, what the file is called."""

from __future__ import annotations

from flask import Response, request

from assessment.infra.languages import Localisation, Paper, language_of
from assessment.infra.slugs import slug
from assessment.services.organisations import Organisation
from assessment.services.plan_documents import PrintAs
from assessment.services.teams import Team
from assessment.web.downloads import file_response
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


def pdf_download(document: bytes, team: Team, language: str, *, is_blank: bool = False) -> Response:
    """Named after the team, the language, and whether its cells are empty: one folder holds them all."""
    printed_in = Localisation(language_of(language))
    parts = ["plan", slug(team.name) or slug(printed_in.gettext("team"))]
    if is_blank:
        parts.append(slug(printed_in.gettext("to fill in")))
    return file_response(document, f"{'-'.join([*parts, language])}.pdf")
