"""The results as slides that can be edited (PPTX), for whoever may see the results."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from werkzeug.wrappers import Response as AnyResponse

from assessment.infra.clock import utc_now
from assessment.infra.languages import Localisation
from assessment.services.access import Access
from assessment.services.comparison import NoChange
from assessment.services.rounds import Round
from assessment.services.slides import NothingToShow, content_key, slides_source
from assessment.services.teams import Team
from assessment.web.downloads import document_name, file_response
from assessment.web.prepare import deliver
from assessment.web.print_options import print_as_asked
from assessment.web.results.reasons import NO_CHANGE, NO_PLAN
from assessment.web.transactions import session
from assessment.web.urls import redirect_to_round, round_url
from reports.slides.build import build_slides

PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"


def _why_no_change(reason: NoChange | None, reader: Localisation) -> str:
    """Why nothing is compared; of a first round nobody asks that before an audience."""
    return "" if reason in (None, NoChange.FIRST_ROUND) else reader.gettext(NO_CHANGE[reason])


def download_slides(access: Access, team: Team, round_: Round) -> AnyResponse:
    """The slides in the language that the address asks for; nothing is kept of them."""
    reader = print_as_asked(access.organisation).reader
    try:
        source, found = slides_source(
            session(), organisation_id=access.organisation_id, round_id=round_.id, reader=reader, now=utc_now()
        )
    except NothingToShow:
        return redirect_to_round("results.results", round_)  # which says why there is nothing to show
    source = replace(
        source,
        no_change=_why_no_change(found.no_change, reader),
        no_plan="" if source.actions else reader.gettext(NO_PLAN[bool(found.questionnaire.pillars)]),
    )
    name = document_name(
        reader.gettext("slides"), team.name, round_.name, reader.language, reader=reader, extension="pptx"
    )
    return deliver(
        ("slides", content_key(source, reader)),
        partial(build_slides, source, reader),
        respond=lambda file: file_response(file, name, mimetype=PPTX),
        back=round_url("results.results", round_),
    )
