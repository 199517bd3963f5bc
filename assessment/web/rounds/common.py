"""What the pages about rounds share: where they are, the round that they are about, and times in words."""

from __future__ import annotations

import datetime as dt
import uuid
from zoneinfo import ZoneInfo

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from assessment.domain.rounds import RoundState
from assessment.infra.clock import utc_now
from assessment.infra.languages import Localisation
from assessment.services.participation import get_participation
from assessment.services.team_rounds import get_round_of_team
from assessment.services.teams import get_team
from assessment.store.organisations import Organisation
from assessment.store.rounds import Round
from assessment.store.teams import Team
from assessment.web.languages import reader
from assessment.web.respond.refusal_pages import format_time as format_local_time
from assessment.web.rounds.forms import closing, day_of
from assessment.web.transactions import session

BEFORE_OPENING = (RoundState.DRAFT, RoundState.SCHEDULED)

blueprint = Blueprint(
    "rounds", __name__, url_prefix="/organisations/<uuid:organisation_id>/teams/<uuid:team_id>/rounds"
)


def load_team(organisation: Organisation, team_id: uuid.UUID) -> Team:
    return get_team(session(), organisation_id=organisation.id, team_id=team_id)


def load_round(organisation: Organisation, team_id: uuid.UUID, round_id: uuid.UUID) -> tuple[Team, Round]:
    """The team and its round. Raises `UnknownTeam` or `UnknownRound`."""
    team = load_team(organisation, team_id)
    return team, get_round_of_team(session(), team=team, round_id=round_id)


def round_url(endpoint: str, round_: Round) -> str:
    return url_for(endpoint, organisation_id=round_.organisation_id, team_id=round_.team_id, round_id=round_.id)


def redirect_to_round(round_: Round) -> Response:
    return redirect(round_url("rounds.round_", round_), 303)


def show_unpublished_round(organisation: Organisation, team: Team, round_: Round) -> str:
    """Instead of what would begin another round: which one comes first, and what it waits for."""
    participation = get_participation(session(), organisation_id=organisation.id, round_id=round_.id)
    return render_template(
        "rounds/unpublished_round.html",
        organisation=organisation,
        team=team,
        round=round_,
        state=round_.facts.state(utc_now()),
        participation=participation,
    )


def format_time(at: dt.datetime | None, organisation: Organisation, other_reader: Localisation | None = None) -> str:
    """A day and hour there, for the page's reader unless `other_reader` is another."""
    return format_local_time(other_reader or reader(), at, organisation.time_zone) if at else ""


def format_opening(
    opens_at: dt.datetime | None, organisation: Organisation, other_reader: Localisation | None = None
) -> str:
    """The first day in words; with the hour only where it is not the day's beginning."""
    day = day_of(opens_at, organisation.time_zone)
    if opens_at is None or day is None:
        return ""
    is_whole_day = opens_at == dt.datetime.combine(day, dt.time(), ZoneInfo(organisation.time_zone))
    return (other_reader or reader()).date(day) if is_whole_day else format_time(opens_at, organisation, other_reader)


def format_closing(
    closes_at: dt.datetime | None, organisation: Organisation, other_reader: Localisation | None = None
) -> str:
    """The last day in words; with the hour only where it is not the day's end."""
    day = day_of(closes_at, organisation.time_zone)
    if closes_at is None or day is None:
        return ""
    is_whole_day = closes_at == closing(day, organisation.time_zone)
    return (other_reader or reader()).date(day) if is_whole_day else format_time(closes_at, organisation, other_reader)
