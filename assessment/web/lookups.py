"""The team and the round that an address names, within the organisation of the request."""

from __future__ import annotations

import uuid

from flask import request

from assessment.services.access import Access
from assessment.services.rounds import Round
from assessment.services.team_rounds import get_round_of_team
from assessment.services.teams import Team, get_team, get_team_to_change
from assessment.web.transactions import SAFE_METHODS, session


def load_team(access: Access, team_id: uuid.UUID) -> Team:
    """Raises `UnknownTeam`."""
    return get_team(session(), organisation_id=access.organisation_id, team_id=team_id)


def load_team_to_change(access: Access, team_id: uuid.UUID) -> Team:
    """For a page that changes the team: where it was sent, nobody else changes it meanwhile. Raises `UnknownTeam`."""
    if request.method in SAFE_METHODS:
        return load_team(access, team_id)
    return get_team_to_change(session(), organisation_id=access.organisation_id, team_id=team_id)


def load_round(access: Access, team_id: uuid.UUID, round_id: uuid.UUID) -> tuple[Team, Round]:
    """The team and its round. Raises `UnknownTeam` or `UnknownRound`."""
    team = load_team(access, team_id)
    return team, get_round_of_team(session(), team=team, round_id=round_id)
