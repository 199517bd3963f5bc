"""`/organisations/<id>/teams/<id>/rounds/<id>/results…`: what may be shown of a published round, and nothing else."""

from __future__ import annotations

import math
import uuid
from collections.abc import Sequence

from flask import Blueprint, abort, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from assessment.domain.access import Permission
from assessment.domain.outcome import Outcome, outcome_of
from assessment.domain.plans.proposal import NothingToPlan
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.rounds import RoundMode
from assessment.infra.clock import local_date, utc_now
from assessment.services.access import Access
from assessment.services.comments import asks_words, comments_of_round, hide_comment, unhide_comment
from assessment.services.paper_sheets import count_left_out
from assessment.services.participation import get_participation
from assessment.services.plan_documents import PrintAs, plan_source
from assessment.services.plans import read_plan_of_results
from assessment.services.results import RoundResults, result_source
from assessment.services.results import results as read_results
from assessment.services.rounds import Round
from assessment.services.surplus import size_corrections
from assessment.services.workshops import find_records
from assessment.web.access import requires
from assessment.web.dates import local_day, today
from assessment.web.languages import reader
from assessment.web.lookups import load_round
from assessment.web.prepare import prepares
from assessment.web.results.pillar_page import pillar_page
from assessment.web.results.reasons import NO_CHANGE, NO_PLAN
from assessment.web.results.slides import download_slides
from assessment.web.transactions import session
from assessment.web.urls import redirect_to_round
from assessment.web.workshop_words import Record, records_of
from reports.action_plan.build import build_context, build_result_context
from reports.action_plan.source import PlanSource
from reports.sections.rows import PillarRow

blueprint = Blueprint(
    "results",
    __name__,
    url_prefix="/organisations/<uuid:organisation_id>/teams/<uuid:team_id>/rounds/<uuid:round_id>",
)


@blueprint.get("/results")
@requires(Permission.SEE_RESULTS)
def results(access: Access, team_id: uuid.UUID, round_id: uuid.UUID) -> str:
    team, round_ = load_round(access, team_id, round_id)
    now = utc_now()
    shared = {
        "organisation": access.organisation,
        "team": team,
        "round": round_,
        "may_manage": access.may(Permission.MANAGE_ROUNDS),
    }
    round_results = read_results(session(), organisation_id=access.organisation_id, round_id=round_.id)
    try:
        plan = read_plan_of_results(session(), round_results, drawn_on=today(access.organisation.time_zone, now))
    except NothingToPlan:
        return _without_plan(access, round_results, shared)
    source = plan_source(session(), plan, access.organisation, PrintAs(reader()), now)
    page, by_gap = build_context(source, reader()), request.args.get("order") == "gap"
    return render_template(
        "results/results.html",
        **shared,
        **_common(access, round_results),
        page=page,
        pillar_ids=[one.id for one in source.questionnaire.pillars],
        pillars=_furthest_first(page.pillars, source) if by_gap else page.pillars,
        by_gap=by_gap,
        has_history=source.past is not None and len(source.past.rounds) > 1,
        compared_with=plan.results.compared_with,
        no_change=reader().gettext(NO_CHANGE[plan.results.no_change]) if plan.results.no_change else "",
        is_planned=plan.plan is not None,
        may_plan=access.may(Permission.EDIT_PLANS),
    )


@blueprint.get("/results/pillar")
@requires(Permission.SEE_RESULTS)
def pillar(access: Access, team_id: uuid.UUID, round_id: uuid.UUID) -> str | AnyResponse:
    """One pillar (`id`) by itself."""
    team, round_ = load_round(access, team_id, round_id)
    now = utc_now()
    round_results = read_results(session(), organisation_id=access.organisation_id, round_id=round_.id)
    asked = round_results.questionnaire.pillars_by_id.get(request.args.get("id", ""))
    plan = read_plan_of_results(session(), round_results, drawn_on=today(access.organisation.time_zone, now))
    if asked is None or round_results.result.pillar(asked.id).is_withheld:
        abort(404)
    source = plan_source(session(), plan, access.organisation, PrintAs(reader()), now)
    return render_template(
        "results/pillar.html",
        organisation=access.organisation,
        team=team,
        round=round_,
        page=pillar_page(asked, plan, source, reader()),
        may_plan=access.may(Permission.EDIT_PLANS),
    )


@blueprint.get("/results/slides.pptx")
@requires(Permission.SEE_RESULTS)
@prepares
def slides(access: Access, team_id: uuid.UUID, round_id: uuid.UUID) -> AnyResponse:
    """What the page shows, as slides that can be edited."""
    return download_slides(access, *load_round(access, team_id, round_id))


def _furthest_first(rows: Sequence[PillarRow], source: PlanSource) -> list[PillarRow]:
    """By the distance to the target, as both are read; the pillars that are not shown come last."""

    def distance(row: PillarRow) -> float:
        pillar = source.result.pillars[row.number - 1]
        return math.inf if pillar.mean is None else round(pillar.mean - source.target(pillar.pillar), 1)

    return sorted(rows, key=distance)


def _common(access: Access, round_results: RoundResults) -> dict[str, object]:
    """What the page of results shows with a plan and without one."""
    round_, questionnaire = round_results.round, round_results.questionnaire
    may_hide = access.may(Permission.HIDE_COMMENTS)
    comments = comments_of_round(
        session(),
        organisation_id=access.organisation_id,
        round_id=round_.id,
        with_hidden=may_hide,
        page=_page_of_comments(),
    )
    return {
        "corrections": _corrections(access, round_),
        "left_out": count_left_out(session(), round_),
        "by_link": round_results.result.by_link,
        "records": _workshops_of(access, round_),
        "ladder": questionnaire.ladder,
        "is_imported": round_.mode is RoundMode.IMPORTED,
        "published": _published_on(round_, access),
        "comments": comments,
        # Asked for none, a team may still have some, from before its size was corrected.
        "asks_words": bool(questionnaire.texts) and (asks_words(round_) or bool(comments.comments)),
        "comment_question": reader().text(questionnaire.texts[0].question) if len(questionnaire.texts) == 1 else "",
        "comment_questions": _comment_questions(questionnaire),
        "may_hide": may_hide,
    }


def _workshops_of(access: Access, round_: Round) -> tuple[Record, ...]:
    """What the workshops of the round left behind, if it was held as one."""
    if round_.mode is not RoundMode.CONSENSUS:
        return ()
    ended = find_records(session(), organisation_id=access.organisation_id, round_id=round_.id, now=utc_now())
    return records_of(ended, access.organisation.time_zone, reader())


def _corrections(access: Access, round_: Round) -> list[dict[str, object]]:
    """Who corrected the team's size while the round was under way, for those who manage rounds."""
    if not access.may(Permission.MANAGE_ROUNDS):
        return []
    return [
        {
            "day": reader().date(local_date(named.event.happened_at, access.organisation.time_zone)),
            "before": named.event.size_before,
            "size": named.event.size,
            "who": named.email,
        }
        for named in size_corrections(session(), round_)
    ]


def _without_plan(access: Access, round_results: RoundResults, shared: dict[str, object]) -> str:
    """The page of a round on which no plan stands: all that may be shown of it, or that this is nothing."""
    round_, asked, result = round_results.round, round_results.questionnaire, round_results.result
    outcome = outcome_of(result, asked, round_.minimum_group)
    if outcome is not Outcome.RESULT:
        participation = get_participation(session(), organisation_id=access.organisation_id, round_id=round_.id)
        return render_template(
            "results/withheld.html",
            **shared,
            is_consensus=participation.is_consensus,
            could_not_say=outcome is Outcome.TOO_FEW_COULD_SAY,
            by_link=result.by_link,
        )
    return render_template(
        "results/unplanned.html",
        **shared,
        **_common(access, round_results),
        page=build_result_context(result_source(round_results, reader()), reader()),
        no_plan=reader().gettext(NO_PLAN[bool(asked.pillars)]),
        compared_with=round_results.compared_with,
        no_change=reader().gettext(NO_CHANGE[round_results.no_change]) if round_results.no_change else "",
    )


@blueprint.post("/comments/<uuid:comment_id>")
@requires(Permission.HIDE_COMMENTS)
def comment(access: Access, team_id: uuid.UUID, round_id: uuid.UUID, comment_id: uuid.UUID) -> AnyResponse:
    """Hides a comment, or shows it again."""
    _of, round_ = load_round(access, team_id, round_id)
    change = hide_comment if request.form.get("act") == "hide" else unhide_comment
    change(session(), organisation_id=access.organisation_id, round_id=round_.id, comment_id=comment_id)
    page = _page_of_comments()
    return redirect_to_round("results.results", round_, _anchor="comments", comments=page if page != 1 else None)


def _comment_questions(questionnaire: Questionnaire) -> dict[str, str]:
    """The question of each comment, where several were asked."""
    texts = questionnaire.texts
    return {section.id: reader().text(section.question) for section in texts} if len(texts) > 1 else {}


def _page_of_comments() -> int:
    return request.values.get("comments", 1, type=int)


def _published_on(round_: Round, access: Access) -> str:
    day = local_day(round_.published_at, access.organisation.time_zone)
    return reader().date(day) if day else ""
