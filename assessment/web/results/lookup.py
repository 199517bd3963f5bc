"""What a page about a published round begins with."""

from __future__ import annotations

import uuid
from typing import Any

from flask import redirect, url_for
from werkzeug.wrappers import Response

from assessment.services.team_rounds import get_round_of_team
from assessment.services.teams import get_team
from assessment.store.organisations import Organisation
from assessment.store.rounds import Round
from assessment.store.teams import Team
from assessment.web.transactions import session


def round_of(organisation: Organisation, team_id: uuid.UUID, round_id: uuid.UUID) -> tuple[Team, Round]:
    """The team and its round. Raises `UnknownTeam` or `UnknownRound`."""
    team = get_team(session(), organisation_id=organisation.id, team_id=team_id)
    return team, get_round_of_team(session(), team=team, round_id=round_id)


def to_page(endpoint: str, found: Round, anchor: str | None = None, **values: Any) -> Response:
    """To a page about the round."""
    where: dict[str, Any] = {"organisation_id": found.organisation_id, "team_id": found.team_id, "round_id": found.id}
    return redirect(url_for(endpoint, **where, **values, _anchor=anchor), 303)
