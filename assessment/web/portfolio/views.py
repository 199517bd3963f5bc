"""`/organisations/<id>/portfolio…`: all teams in one look, how they moved, and files to take along."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from assessment.domain.access import Permission
from assessment.infra.clock import utc_now
from assessment.services.access import Access
from assessment.services.portfolio import read_portfolio
from assessment.web.access import requires
from assessment.web.languages import reader
from assessment.web.pages import requested_page, requested_tag
from assessment.web.portfolio.page import shown_reasons, shown_team
from assessment.web.transactions import session

blueprint = Blueprint("portfolio", __name__, url_prefix="/organisations/<uuid:organisation_id>/portfolio")


@blueprint.get("")
@requires(Permission.SEE_PORTFOLIO)
def portfolio(access: Access) -> str:
    """Teams by pillars; first of all those that need attention."""
    found = read_portfolio(
        session(),
        access=access,
        now=utc_now(),
        asked=request.args.get("asked", ""),
        tag=requested_tag(),
        sort=request.args.get("sort", ""),
        only_attention=request.args.get("show") == "attention",
        page=requested_page(),
    )
    asked = found.asked.questionnaire
    chosen = request.args.get("pillar", "")
    return render_template(
        "portfolio/portfolio.html",
        organisation=access.organisation,
        found=found,
        asked=asked,
        pillars=asked.pillars,
        chosen=chosen if chosen in asked.pillars_by_id else asked.pillars[0].id,
        teams=[shown_team(line, found, access, reader()) for line in found.lines],
        attention=[(one, shown_reasons(one.team_id, one.reasons, access, reader())) for one in found.attention],
        kept=_kept(found.tag, found.sort, chosen, only_attention=found.only_attention),
    )


def _kept(tag: str, sort: str, pillar: str, *, only_attention: bool) -> dict[str, str]:
    """What of the address stays while one goes through the pages."""
    values = {
        "asked": request.args.get("asked", ""),
        "tag": tag,
        "sort": sort,
        "pillar": pillar,
        "show": "attention" if only_attention else "",
    }
    return {name: value for name, value in values.items() if value}
