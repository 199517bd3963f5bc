"""`…/rounds/<id>/feedback`: a message and a page for the wall, so that whoever answered hears what came of it."""

from __future__ import annotations

import uuid
from functools import partial

from flask import Blueprint, render_template
from werkzeug.wrappers import Response as AnyResponse

from assessment.domain.access import Permission
from assessment.infra.clock import utc_now
from assessment.services.access import Access
from assessment.services.feedback import (
    FeedbackSource,
    feedback_message,
    feedback_page,
    gather_feedback,
    print_feedback,
)
from assessment.services.plan_documents import PrintAs
from assessment.services.rounds import Round
from assessment.web.access import requires
from assessment.web.downloads import document_name, file_response
from assessment.web.lookups import load_round
from assessment.web.prepare import deliver, prepares
from assessment.web.print_options import print_as_asked
from assessment.web.public_links import is_local_link, public_url, whatsapp_link
from assessment.web.transactions import session
from assessment.web.urls import round_url

blueprint = Blueprint(
    "feedback",
    __name__,
    url_prefix="/organisations/<uuid:organisation_id>/teams/<uuid:team_id>/rounds/<uuid:round_id>",
)


@blueprint.get("/feedback")
@requires(Permission.EDIT_PLANS)
def show(access: Access, team_id: uuid.UUID, round_id: uuid.UUID) -> str | AnyResponse:
    """The message in the language that the address names, and the form that prints the page."""
    team, round_ = load_round(access, team_id, round_id)
    as_ = print_as_asked(access.organisation)
    source = _gather(access, round_, as_)
    message = feedback_message(source, as_.reader)
    return render_template(
        "feedback/feedback.html",
        organisation=access.organisation,
        team=team,
        round=round_,
        message=message,
        message_language=as_.reader.language,
        whatsapp=whatsapp_link(message),
        is_decided=source.is_decided,
        is_shared=round_.plan_shared_at is not None,
    )


@blueprint.get("/feedback.pdf")
@requires(Permission.EDIT_PLANS)
@prepares
def page(access: Access, team_id: uuid.UUID, round_id: uuid.UUID) -> AnyResponse:
    """The page for the wall; `language` and `paper` are those of the document."""
    team, round_ = load_round(access, team_id, round_id)
    as_ = print_as_asked(access.organisation)
    words = feedback_page(_gather(access, round_, as_), as_.reader)
    name = document_name(
        as_.reader.gettext("what-we-said"), team.name, round_.name, as_.reader.language, reader=as_.reader
    )
    return deliver(
        words,
        partial(print_feedback, words, as_.reader),
        respond=lambda pdf: file_response(pdf, name, disposition="inline"),
        back=round_url("feedback.show", round_),
    )


def _gather(access: Access, round_: Round, as_: PrintAs) -> FeedbackSource:
    link = public_url("shared_plans.show", token=round_.plan_token)
    return gather_feedback(
        session(),
        organisation_id=access.organisation_id,
        round_id=round_.id,
        link="" if is_local_link(link) else link,
        print_as=as_,
        now=utc_now(),
    )
