"""What the pages about rounds share: where they are, the round that they are about, and moments in words."""

from __future__ import annotations

import datetime as dt
import uuid
from zoneinfo import ZoneInfo

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from assessment.domain.rounds import RoundState
from assessment.infra.clock import utc_now
from assessment.infra.languages import Localisation
from assessment.services.participation import participation
from assessment.services.team_rounds import get_round_of_team
from assessment.services.teams import get_team
from assessment.store.organisations import Organisation
from assessment.store.rounds import Round
from assessment.store.teams import Team
from assessment.web.languages import reader
from assessment.web.respond.kind_pages import moment
from assessment.web.rounds.forms import closing, day_of
from assessment.web.transactions import session

BEFORE_OPENING = (RoundState.DRAFT, RoundState.SCHEDULED)

blueprint = Blueprint(
    "rounds", __name__, url_prefix="/organisations/<uuid:organisation_id>/teams/<uuid:team_id>/rounds"
)


def team_of(organisation: Organisation, team_id: uuid.UUID) -> Team:
    return get_team(session(), organisation_id=organisation.id, team_id=team_id)


def round_of(organisation: Organisation, team_id: uuid.UUID, round_id: uuid.UUID) -> tuple[Team, Round]:
    """The team and its round. Raises `UnknownTeam` or `UnknownRound`."""
    team = team_of(organisation, team_id)
    return team, get_round_of_team(session(), team=team, round_id=round_id)


def address_of(endpoint: str, found: Round) -> str:
    return url_for(endpoint, organisation_id=found.organisation_id, team_id=found.team_id, round_id=found.id)


def to_round(found: Round) -> Response:
    return redirect(address_of("rounds.round_", found), 303)


def under_way(organisation: Organisation, team: Team, found: Round) -> str:
    """Instead of what would begin another round: which one comes first, and what it waits for."""
    counted = participation(session(), organisation_id=organisation.id, round_id=found.id)
    return render_template(
        "rounds/under_way.html",
        organisation=organisation,
        team=team,
        round=found,
        state=found.facts.state(utc_now()),
        counted=counted,
    )


def moment_words(at: dt.datetime | None, organisation: Organisation, here: Localisation | None = None) -> str:
    """A day and hour there, for the page's reader unless `here` is another."""
    return moment(here or reader(), at, organisation.time_zone) if at else ""


def opening_words(opens_at: dt.datetime | None, organisation: Organisation, here: Localisation | None = None) -> str:
    """The first day in words; with the hour only where it is not the day's beginning."""
    day = day_of(opens_at, organisation.time_zone)
    if opens_at is None or day is None:
        return ""
    is_whole_day = opens_at == dt.datetime.combine(day, dt.time(), ZoneInfo(organisation.time_zone))
    return (here or reader()).date(day) if is_whole_day else moment_words(opens_at, organisation, here)


def until_words(closes_at: dt.datetime | None, organisation: Organisation, here: Localisation | None = None) -> str:
    """The last day in words; with the hour only where it is not the day's end."""
    day = day_of(closes_at, organisation.time_zone)
    if closes_at is None or day is None:
        return ""
    is_whole_day = closes_at == closing(day, organisation.time_zone)
    return (here or reader()).date(day) if is_whole_day else moment_words(closes_at, organisation, here)
