"""`/organisations/<id>/teams/<id>/history`: a chart a pillar, and the ladder as a table, round by round."""

from __future__ import annotations

import uuid

from flask import Blueprint, render_template

from assessment.domain.access import Permission
from assessment.services.access import Access
from assessment.services.all_rounds import read_all_rounds
from assessment.web.access import requires
from assessment.web.languages import reader
from assessment.web.lookups import load_team
from assessment.web.transactions import session
from reports.all_rounds.build import rounds_block

MOST_ROUNDS = 12
"""As many of the last rounds are shown: the list of rounds has the others."""

blueprint = Blueprint("history", __name__, url_prefix="/organisations/<uuid:organisation_id>/teams/<uuid:team_id>")


@blueprint.get("/history")
@requires(Permission.SEE_RESULTS)
def all_rounds(access: Access, team_id: uuid.UUID) -> str:
    team = load_team(access, team_id)
    past = read_all_rounds(session(), organisation=access.organisation, team_id=team.id, reader=reader())
    return render_template(
        "history/history.html",
        organisation=access.organisation,
        team=team,
        block=rounds_block(past, reader(), at_most=MOST_ROUNDS) if past else None,
    )
