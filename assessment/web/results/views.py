"""`/organisations/<id>/teams/<id>/rounds/<id>/results…`: what may be shown of a published round, and nothing else."""

from __future__ import annotations

import uuid

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from assessment.domain.access import Permission
from assessment.domain.planning import NothingToPlan
from assessment.domain.rounds import RoundMode
from assessment.infra.clock import utc_now
from assessment.infra.languages import N_
from assessment.services.comments import comments_of_round, hide_comment, unhide_comment
from assessment.services.plan_documents import PrintAs, plan_source_of_round
from assessment.services.publication import NoChange
from assessment.services.results import results as read_results
from assessment.services.team_rounds import list_permissions
from assessment.store.organisations import Organisation
from assessment.store.rounds import Round
from assessment.web.access import requires, user_id
from assessment.web.languages import reader
from assessment.web.results.lookup import to_page
from assessment.web.rounds.common import load_round
from assessment.web.rounds.forms import day_of
from assessment.web.transactions import session
from reports.action_plan.build import build_context

blueprint = Blueprint(
    "results",
    __name__,
    url_prefix="/organisations/<uuid:organisation_id>/teams/<uuid:team_id>/rounds/<uuid:round_id>",
)

NO_CHANGE = {
    NoChange.FIRST_ROUND: N_("This is the team's first round: the next one will show what has changed."),
    NoChange.OTHER_WORDING: N_(
        "The questionnaire is not the one of the round before, so the two are not compared: another wording gets "
        "other answers."
    ),
    NoChange.CONSENSUS: N_("Answers that were agreed together have no statistics, so no change is worked out."),
    NoChange.TOO_FEW: N_("One of the two rounds had too few answers to compare them."),
}


@blueprint.get("/results")
@requires(Permission.SEE_RESULTS)
def results(organisation: Organisation, team_id: uuid.UUID, round_id: uuid.UUID) -> str:
    team, round_ = load_round(organisation, team_id, round_id)
    read = read_results(session(), organisation_id=organisation.id, round_id=round_.id)
    may = list_permissions(session(), user_id=user_id(), organisation_id=organisation.id)
    common = {
        "organisation": organisation,
        "team": team,
        "round": round_,
        "result": read.result,
        "may_manage": Permission.MANAGE_ROUNDS in may,
    }
    try:
        source = plan_source_of_round(
            session(), organisation_id=organisation.id, round_id=round_.id, print_as=PrintAs(reader()), now=utc_now()
        )
    except NothingToPlan:
        return render_template("results/withheld.html", **common)
    may_hide = Permission.HIDE_COMMENTS in may
    return render_template(
        "results/results.html",
        **common,
        page=build_context(source, reader()),
        ladder=source.questionnaire.ladder,
        is_imported=round_.mode is RoundMode.IMPORTED,
        published=_published(round_, organisation),
        compared_with=read.compared_with,
        no_change=reader().gettext(NO_CHANGE[read.no_change]) if read.no_change else "",
        comments=comments_of_round(
            session(),
            organisation_id=organisation.id,
            round_id=round_.id,
            with_hidden=may_hide,
            page=_page_of_comments(),
        ),
        may_hide=may_hide,
        may_plan=Permission.EDIT_PLANS in may,
    )


@blueprint.post("/comments/<uuid:comment_id>")
@requires(Permission.HIDE_COMMENTS)
def comment(organisation: Organisation, team_id: uuid.UUID, round_id: uuid.UUID, comment_id: uuid.UUID) -> AnyResponse:
    """Hides a comment, or shows it again."""
    _of, round_ = load_round(organisation, team_id, round_id)
    change = hide_comment if request.form.get("act") == "hide" else unhide_comment
    change(session(), organisation_id=organisation.id, round_id=round_.id, comment_id=comment_id)
    page = _page_of_comments()
    return to_page("results.results", round_, "comments", comments=page if page != 1 else None)


def _page_of_comments() -> int:
    return request.values.get("comments", 1, type=int)


def _published(round_: Round, organisation: Organisation) -> str:
    day = day_of(round_.published_at, organisation.time_zone)
    return reader().date(day) if day else ""
