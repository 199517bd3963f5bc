"""What of a round goes on paper: the poster for the wall, and personal links to cut."""

from __future__ import annotations

import uuid
from functools import partial
from typing import cast

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from assessment.domain.access import Permission
from assessment.domain.rounds import RoundMode, RoundState
from assessment.infra.clock import utc_now
from assessment.infra.languages import Localisation, Paper
from assessment.services.describe_round import points_to_judge
from assessment.services.poster import gather_poster, print_poster
from assessment.services.rounds import pinned_questionnaire
from assessment.services.slips import gather_slips, print_slips
from assessment.store.organisations import Organisation
from assessment.store.rounds import Round
from assessment.web.access import requires
from assessment.web.languages import reader
from assessment.web.prepare import deliver, documents, make_now
from assessment.web.respond.steps import Journey
from assessment.web.rounds.common import (
    BEFORE_OPENING,
    address_of,
    blueprint,
    opening_words,
    round_of,
    to_round,
    until_words,
)
from assessment.web.rounds.sharing import link_to
from assessment.web.transactions import commit_early, session

PAPERS = ("a4", "letter")


@blueprint.get("/<uuid:round_id>/poster.pdf")
@requires(Permission.MANAGE_ROUNDS)
def poster(organisation: Organisation, team_id: uuid.UUID, round_id: uuid.UUID) -> AnyResponse:
    """`language` and `paper` are the sheet's, not the page's: a manager may want both languages on the wall."""
    _team, found = round_of(organisation, team_id, round_id)
    state = found.facts.state(utc_now())
    if state not in (*BEFORE_OPENING, RoundState.OPEN):
        return to_round(found)
    here = asked_reader(organisation)
    source = gather_poster(
        session(),
        organisation_id=organisation.id,
        round_id=found.id,
        link=link_to(found.link_token),
        minutes=minutes_to_answer(found),
        opens=opening_words(found.opens_at, organisation, here) if state is RoundState.SCHEDULED else "",
        until=until_words(found.closes_at, organisation, here),
        paper=asked_paper(),
    )
    name = f"{here.gettext('poster')}-{here.language}.pdf"
    back = address_of("rounds.round_", found)
    make = partial(print_poster, source, here)
    return deliver((source, here.tag), make, respond=lambda pdf: _sheet(pdf, name), back=back)


@blueprint.post("/<uuid:round_id>/slips.pdf")
@requires(Permission.MANAGE_ROUNDS)
def slips(organisation: Organisation, team_id: uuid.UUID, round_id: uuid.UUID) -> AnyResponse:
    """Personal links to cut, from the page that has just made them: here only their hashes are known."""
    _team, found = round_of(organisation, team_id, round_id)
    here = reader()
    source = gather_slips(
        session(),
        organisation_id=organisation.id,
        round_id=found.id,
        tokens=request.form.get("tokens", "").split(),
        link_to=link_to,
        minutes=minutes_to_answer(found),
        until=until_words(found.closes_at, organisation, here),
    )
    commit_early()
    # At once, since only the page that sent them knows the links.
    return _sheet(make_now(documents().workers, print_slips, source, here), f"{here.gettext('links')}.pdf")


def _sheet(pdf: bytes, name: str) -> AnyResponse:
    headers = {"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "private, no-store"}
    return Response(pdf, mimetype="application/pdf", headers=headers)


def asked_reader(organisation: Organisation) -> Localisation:
    """For whom a sheet is printed: the language that the address names, else the page's."""
    language = request.args.get("language")
    if language in ("es", "en"):
        return Localisation("en" if language == "en" else "es", organisation.country)
    return reader()


def asked_paper() -> Paper | None:
    paper = request.args.get("paper")
    return cast(Paper, paper) if paper in PAPERS else None


def minutes_to_answer(found: Round) -> int:
    """As the first page promises it to whoever answers."""
    return Journey(
        pinned_questionnaire(found), points_to_judge(found), RoundMode(found.mode), found.asks_role
    ).minutes()
