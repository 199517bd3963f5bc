"""One pillar of a published round by itself: its statements, the conversation and the actions that the library has."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from assessment.domain import conventions as c
from assessment.domain.actions import Action
from assessment.domain.plans.library import fitting_actions
from assessment.domain.questionnaire import Pillar
from assessment.domain.result import Change, PillarResult
from assessment.domain.scale import Scale
from assessment.infra.languages import Localisation
from assessment.services.plans import RoundPlan
from reports.action_plan import evidence
from reports.action_plan.source import PlanSource
from reports.all_rounds.build import pillar_rounds, rounds_block
from reports.all_rounds.context import PillarRounds, RoundHead
from reports.engine import charts, words
from reports.sections.groups import legend, scale_note
from reports.sections.rows import LegendEntry

MOST_ROUNDS = 12
"""So many of the last rounds are drawn."""


@dataclass(frozen=True, slots=True)
class StatementRow:
    """`chart` is `None` where its answers are not drawn; `unknown` says how many do not know, where that is told."""

    text: str
    chart: Markup | None
    unknown: str
    is_lowest: bool


@dataclass(frozen=True, slots=True)
class ActionText:
    title: str
    what: str
    first_step: str
    is_planned: bool
    is_proposed: bool


@dataclass(frozen=True, slots=True)
class PillarPage:
    name: str
    about: str
    score: str
    interval: str
    target: str
    level: str
    agreement: str
    bar: Markup | None
    bar_note: str
    """How the bar is to be read."""
    distribution: Markup | None
    change: str
    rounds: PillarRounds | None
    """Where the team has had more than this round."""
    heads: tuple[RoundHead, ...]
    statements: tuple[StatementRow, ...]
    lowest_note: str
    legend: tuple[LegendEntry, ...]
    conversation: ActionText | None
    actions: tuple[ActionText, ...]


def pillar_page(pillar: Pillar, plan: RoundPlan, source: PlanSource, reader: Localisation) -> PillarPage:
    """`source` is released: nothing else of the answers is told."""
    result, scale = source.result.pillar(pillar.id), source.questionnaire.scale
    lowest = _lowest(pillar, result)
    talk = plan.basis.library.conversation(pillar.id)
    planned = {action.library_id for action in plan.choices.actions_under(pillar.id)}
    is_chosen = not plan.is_proposal or plan.results.round.plan_shared_at is not None

    def words_of(action: Action) -> ActionText:
        return ActionText(
            reader.text(action.title),
            reader.text(action.what),
            reader.text(action.first_step),
            is_planned=is_chosen and action.id in planned,
            is_proposed=not is_chosen and action.id in planned,
        )

    at = source.questionnaire.pillars.index(pillar)
    row = evidence.pillar_rows(source, reader)[at]
    past = source.past.last(MOST_ROUNDS) if source.past and len(source.past.rounds) > 1 else None
    moved = next((one for one in source.result.change if one.pillar == pillar.id), None)
    return PillarPage(
        name=reader.text(pillar.name),
        about=reader.text(pillar.summary),
        score=words.score_words(result, scale, reader),
        interval=row.interval,
        target=reader.number(source.target(pillar.id), 1),
        level=words.level_words(result, reader),
        agreement=words.agreement_words(result, reader),
        bar=row.scale,
        bar_note=_bar_note(result, source, reader),
        distribution=row.distribution,
        change=_change(moved, source, reader) if moved else "",
        rounds=pillar_rounds(past, pillar, reader) if past else None,
        heads=rounds_block(past, reader, at_most=MOST_ROUNDS).rounds if past else (),
        statements=tuple(_row(item.id, reader.text(item.text), result, scale, lowest, reader) for item in pillar.items),
        lowest_note=_lowest_note(pillar, result, lowest, reader),
        legend=legend(scale, reader),
        conversation=words_of(talk) if talk else None,
        actions=tuple(words_of(action) for action in fitting_actions(plan.basis, pillar.id).values() if action != talk),
    )


def _bar_note(result: PillarResult, source: PlanSource, reader: Localisation) -> str:
    section, is_consensus = source.questionnaire.pillars_section, source.result.mode == "consensus"
    return scale_note(section, [result], reader, is_consensus=is_consensus, has_targets=True)


def _change(moved: Change, source: PlanSource, reader: Localisation) -> str:
    scale, compared = source.questionnaire.scale, len(source.questionnaire.pillars)
    note = words.one_sided_note([moved], scale, reader, compared=compared)
    return f"{words.change_words(moved, scale, reader)} {note}".strip()


def _row(
    item: str, text: str, result: PillarResult, scale: Scale, lowest: frozenset[str], reader: Localisation
) -> StatementRow:
    counts = (result.answer_counts or {}).get(item)
    share = (result.dk_share or {}).get(item)
    unknown = ""
    if share is not None and share >= c.UNSEEN_SHARE:
        unknown = reader.gettext("a quarter or more of the people don't know")
    chart = None
    if counts and sum(counts):
        total = sum(counts)
        summary = ", ".join(
            f"{reader.text(point.label)} {reader.percent(count / total)}"
            for point, count in zip(scale.points, counts, strict=True)
        )
        chart = charts.distribution_bar(counts, summary)
    return StatementRow(text, chart, unknown, item in lowest)


def _lowest(pillar: Pillar, result: PillarResult) -> frozenset[str]:
    """The statements with the lowest average as people would read it; none where not all are drawn or all are level."""
    drawn = {item.id: (result.answer_counts or {}).get(item.id) for item in pillar.items}
    means = {item: _mean(counts) for item, counts in drawn.items() if counts and sum(counts)}
    if len(means) < len(drawn) or len(set(means.values())) < 2:
        return frozenset()
    return frozenset(item for item, figure in means.items() if figure == min(means.values()))


def _mean(counts: tuple[int, ...]) -> float:
    return round(sum(value * count for value, count in enumerate(counts, start=1)) / sum(counts), 1)


def _lowest_note(pillar: Pillar, result: PillarResult, lowest: frozenset[str], reader: Localisation) -> str:
    if len(lowest) > 1:
        return reader.gettext("The marked statements are the lowest, and tied.")
    if lowest:
        return reader.gettext("The marked statement is the lowest.")
    if all((result.answer_counts or {}).get(item.id) for item in pillar.items):
        return reader.gettext("All statements are tied.")
    return reader.gettext(
        "Where answers are few or nearly alike they are not drawn, to protect those who answered; then no statement is "
        "called the lowest."
    )
