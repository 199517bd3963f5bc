"""The privacy notice, a page of its own: nobody carries it who does not ask for it."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from assessment.services.privacy_notices import notice_of_round
from assessment.web.respond.blueprint import blueprint
from assessment.web.respond.visit import load_visit
from assessment.web.transactions import database


@blueprint.get("/<handle>/privacy")
def privacy(handle: str) -> ResponseReturnValue:
    """For whoever has the round's link, also once they have sent or the round is over."""
    visit = load_visit(handle)
    with database().reading() as session:
        notice = notice_of_round(
            session, organisation_id=visit.access.round.organisation_id, round_id=visit.access.round.id
        )
    return visit.render("respond/privacy_notice.html", notice=notice)
