"""For whom a document is printed, and on what paper: as an address asks, else as the organisation has it."""

from __future__ import annotations

from flask import request

from assessment.infra.languages import PAPERS, Localisation, language_of
from assessment.services.organisations import Organisation
from assessment.services.plan_documents import PrintAs
from assessment.web.languages import LANGUAGES, document_language
from assessment.web.public_links import shared_plans_at


def print_as(
    organisation: Organisation, *, language: str | None = None, paper: str | None = None, is_blank: bool = False
) -> PrintAs:
    """In a language and on a paper, or as the organisation has them."""
    chosen = language_of(language) if language in LANGUAGES else document_language()
    localisation = Localisation(chosen, organisation.country, organisation.paper)
    return PrintAs(localisation, PAPERS.get(paper, localisation.paper), is_blank, shared_plans_at())


def print_as_asked(organisation: Organisation) -> PrintAs:
    """As the address asks."""
    return print_as(
        organisation,
        language=request.args.get("language"),
        paper=request.args.get("paper"),
        is_blank=request.args.get("blank") == "1",
    )
