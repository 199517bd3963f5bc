"""Printouts of a round: the poster for the wall, and slips with personal links to cut."""

from __future__ import annotations

import uuid
from functools import partial

from flask import request
from werkzeug.wrappers import Response as AnyResponse

from assessment.domain.access import Permission
from assessment.domain.rounds import UNOPENED, RoundState
from assessment.infra.clock import utc_now
from assessment.services.access import Access
from assessment.services.answering_time import minutes_to_answer
from assessment.services.poster import gather_poster, print_poster
from assessment.services.questionnaires import pinned_questionnaire
from assessment.services.rounds import Round
from assessment.services.slips import gather_slips, print_slips
from assessment.web.access import requires
from assessment.web.dates import format_closing, format_opening
from assessment.web.downloads import document_name, file_response
from assessment.web.languages import reader
from assessment.web.lookups import load_round
from assessment.web.prepare import deliver, documents, make_now, prepares
from assessment.web.print_options import print_as_asked
from assessment.web.rounds.blueprint import blueprint
from assessment.web.sharing import answer_link
from assessment.web.transactions import commit_early, session
from assessment.web.urls import redirect_to_round, round_url


@blueprint.get("/<uuid:round_id>/poster.pdf")
@requires(Permission.MANAGE_ROUNDS)
@prepares
def poster(access: Access, team_id: uuid.UUID, round_id: uuid.UUID) -> AnyResponse:
    """`language` and `paper` are those of the document, not of the page: a wall may need both languages."""
    team, round_ = load_round(access, team_id, round_id)
    state = round_.facts.state(utc_now())
    if state not in (*UNOPENED, RoundState.OPEN):
        return redirect_to_round("rounds.round_", round_)
    as_asked = print_as_asked(access.organisation)
    document_reader = as_asked.reader
    opens = format_opening(round_.opens_at, access.organisation.time_zone, document_reader)
    source = gather_poster(
        session(),
        organisation_id=access.organisation_id,
        round_id=round_.id,
        link=answer_link(round_.link_token),
        minutes=_minutes(round_),
        opens=opens if state is RoundState.SCHEDULED else "",
        until=format_closing(round_.closes_at, access.organisation.time_zone, document_reader),
        paper=as_asked.paper,
    )
    name = document_name(
        document_reader.gettext("poster"),
        team.name,
        round_.name,
        document_reader.language,
        as_asked.paper or "",
        reader=document_reader,
    )
    return deliver(
        (source, document_reader.tag),
        partial(print_poster, source, document_reader),
        respond=lambda pdf: file_response(pdf, name, disposition="inline"),
        back=round_url("rounds.round_", round_),
    )


@blueprint.post("/<uuid:round_id>/slips.pdf")
@requires(Permission.MANAGE_ROUNDS)
def slips(access: Access, team_id: uuid.UUID, round_id: uuid.UUID) -> AnyResponse:
    """Personal links to cut, from the page that has just made them: document_reader only their hashes are known."""
    team, round_ = load_round(access, team_id, round_id)
    document_reader = reader()
    source = gather_slips(
        session(),
        organisation_id=access.organisation_id,
        round_id=round_.id,
        tokens=request.form.get("tokens", "").split(),
        link_to=answer_link,
        minutes=_minutes(round_),
        until=format_closing(round_.closes_at, access.organisation.time_zone, document_reader),
    )
    commit_early()
    name = document_name(document_reader.gettext("links"), team.name, round_.name, reader=document_reader)
    # At once, since only the page that sent them knows the links.
    pdf = make_now(documents().workers, print_slips, source, document_reader)
    return file_response(pdf, name, disposition="inline")


def _minutes(round_: Round) -> int:
    return minutes_to_answer(pinned_questionnaire(session(), round_), len(round_.points), round_.mode)
