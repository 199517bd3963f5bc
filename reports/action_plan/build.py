"""TeamResult and ActionPlan → the document's context → HTML → PDF."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from assessment.infra.languages import Localisation
from reports.action_plan import change, evidence, front, headline, surplus, votes
from reports.action_plan.context import ActionPlanContext, ResultContext
from reports.action_plan.source import PlanSource, ResultSource
from reports.all_rounds.build import rounds_block
from reports.all_rounds.context import RoundsBlock
from reports.engine.html import render_document
from reports.engine.qr import address_code, typed_address
from reports.engine.scripts import isolated
from reports.sections.block import section_blocks
from reports.sections.groups import has_agreement, legend, open_words, score_heading

TEMPLATE = "action_plan/document.html"
DRAWN_FROM = 3
MOST_ROUNDS = 8
"""So many of the team's last rounds are drawn beside each other on paper."""


@dataclass(frozen=True, slots=True)
class Screen:
    """Addresses that page 1 needs as a page on screen, where no style may be inline.

    `styles` is the folder of the document's styles, `own_style` the style with its paper and colour, `back` the page to
    return to (empty within a frame).
    """

    styles: str
    own_style: str
    back: str = ""


def build_context(source: PlanSource, reader: Localisation) -> ActionPlanContext:
    """The plan in the reader's language and formats."""
    source = replace(
        source,
        plan=replace(source.plan, team=isolated(source.plan.team)),
        organisation=isolated(source.organisation),
        point_names={point: isolated(name) for point, name in source.point_names.items()},
    )
    result, questionnaire = source.result, source.questionnaire
    pillars = evidence.pillar_rows(source, reader)
    boxes, point = front.priorities(source, reader), front.point(source, reader)
    return ActionPlanContext(
        lang=reader.tag,
        paper=source.paper or reader.paper,
        accent=source.accent,
        consultancy=source.consultancy,
        logo=source.logo,
        title=reader.gettext("Service action plan · %(team)s", team=source.result.team),
        team=source.plan.team,
        organisation=source.organisation,
        date=reader.date(source.printed_on),
        drawn=reader.date(source.plan.drawn_on) if source.plan.drawn_on != source.printed_on else "",
        lead=front.lead(source, reader),
        is_blank=source.is_blank,
        is_decided=source.is_decided,
        is_consensus=result.mode == "consensus",
        proposal_note=front.proposal_note(source, reader),
        alarm=front.alarm(source, reader),
        priorities=boxes,
        point=point,
        is_packed=front.is_packed(boxes, point, has_link=bool(source.link)),
        qr=address_code(source.link, reader) if source.link else None,
        address=typed_address(source.link),
        headline=headline.headline(headline.standing_of(source), reader),
        story=evidence.story(source, reader, has_headline=True),
        surplus=surplus.in_full(source.surplus, reader),
        surplus_in_short=surplus.in_short(source.surplus, reader),
        ladder_map=evidence.ladder_chart(source, reader),
        ladder_rows=evidence.ladder_rows(source, reader),
        ladder_note=evidence.ladder_note(source, reader),
        has_shares=any(point.share_low is not None for point in result.ladder),
        has_point_agreement=any(point.agreement not in (None, "none") for point in result.ladder),
        has_customers=bool(result.gaps.self_customer),
        pillars=pillars,
        pillars_open=open_words(pillars, reader),
        pillars_title=evidence.pillars_title(source, reader),
        score_heading=score_heading(questionnaire.scale, reader),
        legend=legend(questionnaire.scale, reader),
        has_agreement=has_agreement(result.pillars),
        has_distributions=any(row.distribution for row in pillars),
        pillars_note=evidence.pillars_note(source, reader),
        focus=evidence.focus_rows(source, reader),
        focus_note=evidence.focus_note(source, reader),
        focus_withheld=evidence.focus_withheld(source, reader),
        quadrants=evidence.quadrants(source, reader),
        quadrants_note=evidence.quadrants_note(source, reader),
        has_focus=bool(result.focus),
        candidates=evidence.candidate_rows(source, reader),
        candidates_note=evidence.candidates_note(source, reader),
        candidates_rest=evidence.candidates_rest(source, reader),
        has_leaders_staff=bool(result.gaps.leaders_staff) or source.asks_role,
        leaders_staff=evidence.leaders_staff_rows(source, reader),
        leaders_staff_note=evidence.leaders_staff_note(source, reader),
        leaders_staff_rest=evidence.leaders_staff_rest(source, reader),
        change=change.pillar_change_rows(source, reader),
        change_note=change.change_note(source, reader),
        ladder_change=change.ladder_change_rows(source, reader),
        ladder_change_rest=change.ladder_change_rest(source, reader),
        changed=change.change_part(source, reader),
        past=_past(source, reader),
        votes=votes.votes_blocks(source, reader),
        sections=section_blocks(questionnaire, result, reader),
        calendar=front.calendar(source, reader),
        details=front.details(source, reader),
        asked=evidence.asked(source, reader),
        reading=evidence.reading(source, reader),
    )


def _past(source: PlanSource, reader: Localisation) -> RoundsBlock | None:
    """From the third round on: of two, the change says all."""
    if source.past is None or len(source.past.rounds) < DRAWN_FROM:
        return None
    return rounds_block(source.past, reader, at_most=MOST_ROUNDS)


def build_result_context(source: ResultSource, reader: Localisation) -> ResultContext:
    """What a round says on which no plan stands, since it asked for no pillars or too little was answered."""
    result = source.result
    return ResultContext(
        is_consensus=result.mode == "consensus",
        headline=reader.gettext("What the team says of its own service"),
        story=evidence.story(source, reader),
        surplus=surplus.in_full(source.surplus, reader),
        alarm=front.alarm(source, reader),
        ladder_map=evidence.ladder_chart(source, reader),
        ladder_rows=evidence.ladder_rows(source, reader),
        ladder_note=evidence.ladder_note(source, reader),
        has_shares=any(point.share_low is not None for point in result.ladder),
        has_point_agreement=any(point.agreement not in (None, "none") for point in result.ladder),
        has_customers=bool(result.gaps.self_customer),
        ladder_change=change.ladder_change_rows(source, reader),
        ladder_change_rest=change.ladder_change_rest(source, reader),
        changed=change.change_part(source, reader),
        sections=section_blocks(source.questionnaire, result, reader),
        asked=evidence.asked(source, reader),
        reading=evidence.reading(source, reader),
    )


def build_html(
    context: ActionPlanContext, reader: Localisation, *, screen: Screen | None = None, is_front_only: bool = False
) -> str:
    """The complete HTML that WeasyPrint prints; for a screen, or where no more is asked for, only page 1."""
    return render_document(TEMPLATE, reader, context, screen=screen, is_front_only=is_front_only)


def build_pdf(source: PlanSource, reader: Localisation, on_missing: Callable[[str], None] = lambda sign: None) -> bytes:
    """The action plan as PDF/UA-1; `on_missing` is called with each sign that no font of this machine has."""
    from reports.engine.pdf import render_pdf

    return render_pdf(build_html(build_context(source, reader), reader), on_missing)


def build_page_one(source: PlanSource, reader: Localisation) -> bytes:
    """Page 1 alone as PDF/UA-1: what hangs on the wall."""
    from reports.engine.pdf import render_pdf

    return render_pdf(build_html(build_context(source, reader), reader, is_front_only=True))
