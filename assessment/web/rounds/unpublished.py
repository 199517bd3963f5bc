"""Why a team cannot begin another round: it has one that is not published yet."""

from __future__ import annotations

from flask import render_template

from assessment.infra.clock import utc_now
from assessment.services.access import Access
from assessment.services.participation import get_participation
from assessment.services.rounds import Round
from assessment.services.teams import Team
from assessment.web.transactions import session


def show_unpublished_round(access: Access, team: Team, round_: Round) -> str:
    """Instead of the form for another round: which one comes first, and what it waits for."""
    return render_template(
        "rounds/unpublished_round.html",
        organisation=access.organisation,
        team=team,
        round=round_,
        state=round_.facts.state(utc_now()),
        participation=get_participation(session(), organisation_id=access.organisation_id, round_id=round_.id),
    )
