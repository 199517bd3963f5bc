"""What of a round goes on paper: the poster for the wall, and personal links to cut."""

from __future__ import annotations

import uuid
from typing import cast

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from assessment.domain.access import Permission
from assessment.domain.rounds import RoundMode, RoundState
from assessment.infra.clock import utc_now
from assessment.infra.languages import Localisation, Paper
from assessment.services.describe_round import points_to_judge
from assessment.services.poster import print_poster
from assessment.services.rounds import pinned_questionnaire
from assessment.services.slips import gather_slips, print_slips
from assessment.store.organisations import Organisation
from assessment.store.rounds import Round
from assessment.web.access import requires
from assessment.web.languages import reader
from assessment.web.respond.question_pages import RoundPages
from assessment.web.rounds.common import (
    BEFORE_OPENING,
    blueprint,
    format_closing,
    format_opening,
    load_round,
    redirect_to_round,
)
from assessment.web.rounds.sharing import link_to
from assessment.web.transactions import commit_early, session

PAPERS = ("a4", "letter")


@blueprint.get("/<uuid:round_id>/poster.pdf")
@requires(Permission.MANAGE_ROUNDS)
def poster(organisation: Organisation, team_id: uuid.UUID, round_id: uuid.UUID) -> AnyResponse:
    """`language` and `paper` are those of the document, not of the page: a wall may need both languages."""
    _team, round_ = load_round(organisation, team_id, round_id)
    state = round_.facts.state(utc_now())
    if state not in (*BEFORE_OPENING, RoundState.OPEN):
        return redirect_to_round(round_)
    document_reader = asked_reader(organisation)
    document = print_poster(
        session(),
        organisation_id=organisation.id,
        round_id=round_.id,
        link=link_to(round_.link_token),
        minutes=minutes_to_answer(round_),
        opens=format_opening(round_.opens_at, organisation, document_reader) if state is RoundState.SCHEDULED else "",
        until=format_closing(round_.closes_at, organisation, document_reader),
        reader=document_reader,
        paper=asked_paper(),
    )
    words = document_reader.gettext("poster")
    return Response(
        document,
        mimetype="application/pdf",
        headers={
            "Content-Disposition": f'inline; filename="{words}-{document_reader.language}.pdf"',
            "Cache-Control": "private, no-store",
        },
    )


@blueprint.post("/<uuid:round_id>/slips.pdf")
@requires(Permission.MANAGE_ROUNDS)
def slips(organisation: Organisation, team_id: uuid.UUID, round_id: uuid.UUID) -> AnyResponse:
    """Personal links to cut, from the page that has just made them: document_reader only their hashes are known."""
    _team, round_ = load_round(organisation, team_id, round_id)
    document_reader = reader()
    source = gather_slips(
        session(),
        organisation_id=organisation.id,
        round_id=round_.id,
        tokens=request.form.get("tokens", "").split(),
        link_to=link_to,
        minutes=minutes_to_answer(round_),
        until=format_closing(round_.closes_at, organisation, document_reader),
    )
    commit_early()
    words = document_reader.gettext("links")
    return Response(
        print_slips(source, document_reader),
        mimetype="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{words}.pdf"', "Cache-Control": "private, no-store"},
    )


def asked_reader(organisation: Organisation) -> Localisation:
    """For whom a document is printed: the language that the address names, else the page's."""
    language = request.args.get("language")
    if language in ("es", "en"):
        return Localisation("en" if language == "en" else "es", organisation.country)
    return reader()


def asked_paper() -> Paper | None:
    paper = request.args.get("paper")
    return cast(Paper, paper) if paper in PAPERS else None


def minutes_to_answer(round_: Round) -> int:
    """As the first page promises it to whoever answers."""
    return RoundPages(
        pinned_questionnaire(round_), points_to_judge(round_), RoundMode(round_.mode), round_.asks_role
    ).minutes()
