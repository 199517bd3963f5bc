"""What changed since the round before, and what helped: in the order in which people should read it.

First what is different about the team and what was asked, and what was done; then what went clearly up or down, if
anything; which statements moved most and what to try next; what is not sure; whether actions worked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from assessment.domain import conventions as c
from assessment.domain.change import OVERALL
from assessment.domain.plans.outcomes import ActionOutcome, FinishedAction, OpenAction, PlanOutcomes, Unanswered
from assessment.domain.result import Change
from assessment.domain.since import Since, StatementMove, furthest_moves
from assessment.infra.languages import N_, Localisation
from reports.action_plan.context import ChangeGroup, ChangePart, NextTry, OutcomeRow, OutcomesBlock, StatementRow
from reports.action_plan.source import PlanSource, ResultSource
from reports.engine import words
from reports.engine.scripts import isolated
from reports.sections.groups import MARKS, change_rows
from reports.sections.rows import ComparisonRow

CHANGES = ("improved", "worse", "same", "unclear", "withheld")
"""In the order in which they are listed."""
GROUPS = (
    ("improved", N_("Up")),
    ("worse", N_("Down")),
    ("unclear", N_("Not sure")),
    ("same", N_("No change that counts")),
    ("withheld", N_("Not shown")),
)
MOST_STATEMENTS = 6
MOST_STATEMENTS_BESIDE = 3
MOST_TRIES = 3
MOST_TRIES_BESIDE = 2
"""Fewer beside a clear change, which is what should be read."""
MOST_DONE = 6
MOST_RECENT = 4

UNANSWERED = {
    Unanswered.OTHER_WORDING: N_("Not known: this round asks in other words than the plan's round."),
    Unanswered.CONSENSUS: N_("Not known: this time the team agreed on its answers together, which has no statistics."),
    Unanswered.PLAN_OF_CONSENSUS: N_(
        "Not known: in the plan's round the team agreed on its answers together, which has no statistics."
    ),
    Unanswered.FROM_FILE: N_("Not known: the answers came in a file, and it is not known when they were given."),
    Unanswered.TOO_FEW: N_("Not shown: too few answers in one of the two rounds, or a figure too near an end."),
    Unanswered.ANSWERS_DELETED: N_("Not known: the answers of one of the two rounds are not kept here."),
    Unanswered.COMPARED_BEFORE: N_(
        "Not shown: to protect those who answered, the plan's round is not compared again and again."
    ),
    Unanswered.NOT_ASKED: N_("Not known: one of the two rounds did not ask about it."),
    Unanswered.UNKNOWN_DAY: N_("Not known: nobody noted on which day it was done."),
}


def change_part(source: ResultSource, reader: Localisation) -> ChangePart | None:
    """All that is said about change; `None` where there is neither a change nor a finished action to tell of."""
    rows = pillar_change_rows(source, reader)
    if not rows and not source.outcomes and not source.result.ladder_change:
        return None
    labels = {row.label for row in rows} | {row.label for row in ladder_change_rows(source, reader)}
    is_clear = bool(labels & set(MARKS))
    since = source.since or Since()
    furthest = furthest_moves(since.statements, at_most=MOST_STATEMENTS_BESIDE if is_clear else MOST_STATEMENTS)
    most_tries = MOST_TRIES_BESIDE if is_clear else MOST_TRIES
    return ChangePart(
        note=change_note(source, reader),
        circumstances=_circumstances(source.since, reader) if source.since else (),
        done=_done(since, source, reader) if since.round_name else "",
        statements=tuple(_statement_row(move, source, reader) for move in furthest),
        statements_note=_statements_note(since, furthest, source, reader),
        tries=_tries(since, source, reader)[:most_tries] if isinstance(source, PlanSource) else (),
        overall=rows[0] if rows else None,
        groups=tuple(_groups(rows[1:], source, reader)),
        ladder=ladder_change_rows(source, reader),
        ladder_rest=ladder_change_rest(source, reader),
        outcomes=tuple(_outcomes_block(plan, source, reader) for plan in source.outcomes),
        others_note=_others_note(source, reader),
        outcomes_note=_outcomes_note(source, reader),
        recent=_recent(since.recent, reader),
    )


def pillar_names(source: ResultSource, reader: Localisation) -> dict[str, str]:
    return {pillar.id: reader.text(pillar.name) for pillar in source.questionnaire.pillars}


def _groups(rows: Sequence[ComparisonRow], source: ResultSource, reader: Localisation) -> Iterable[ChangeGroup]:
    pillars = [change for change in source.result.change if change.pillar != OVERALL]
    notes = {
        "improved": words.no_chance(reader),
        "worse": words.no_chance(reader),
        "unclear": words.one_sided_note(pillars, source.questionnaire.scale, reader, compared=len(pillars)),
    }
    for label, heading in GROUPS:
        listed = tuple(row for row in rows if row.label == label)
        if listed:
            yield ChangeGroup(label, reader.gettext(heading), listed, notes.get(label, ""))


# What is different, first of all


def _circumstances(since: Since, reader: Localisation) -> tuple[str, ...]:
    """What is different about the team and what was asked; that nothing is, where nothing is."""
    sentences = [*_about_people(since, reader), *_about_questions(since, reader)]
    if not sentences and since.size_now:
        sentences = [reader.gettext("The team has as many people as then, and the questions are the same.")]
    return tuple(sentences)


def _about_people(since: Since, reader: Localisation) -> Iterable[str]:
    if since.size_before != since.size_now:
        yield reader.gettext(
            "The team had %(before)s people and now has %(now)s. Who joined or left answers differently for reasons of "
            "their own.",
            before=reader.number(since.size_before),
            now=reader.number(since.size_now),
        )
        if abs(since.size_now - since.size_before) > c.TURNOVER_SHARE * since.size_before:
            yield _nearly_two_teams(reader)
    if since.joined is not None and since.left is not None:
        yield from _about_codes(since.joined, since.left, since, reader)
    if since.answered_before != since.answered_now:
        yield reader.gettext(
            "There were %(before)s answers then, and %(now)s now.",
            before=reader.number(since.answered_before),
            now=reader.number(since.answered_now),
        )
    if since.minimum_before != since.minimum_now:
        yield reader.gettext(
            "Results are shown from %(now)s answers on; then it was %(before)s. The comparison keeps to the larger "
            "number.",
            before=reader.number(since.minimum_before),
            now=reader.number(since.minimum_now),
        )
    if since.is_one_from_file:
        yield reader.gettext("The answers of one of the two rounds came in a file.")


def _about_codes(joined: int, left: int, since: Since, reader: Localisation) -> Iterable[str]:
    yield reader.gettext(
        "By their codes, %(both)s people answered both times, %(joined)s only now and %(left)s only then.",
        both=reader.number(since.answered_now - joined),
        joined=reader.number(joined),
        left=reader.number(left),
    )
    if max(joined, left) > c.TURNOVER_SHARE * since.answered_before:
        yield _nearly_two_teams(reader)


def _nearly_two_teams(reader: Localisation) -> str:
    return reader.gettext(
        "With more than %(share)s of the people new or gone, these are nearly two teams: read the change with care.",
        share=reader.percent(c.TURNOVER_SHARE),
    )


def _about_questions(since: Since, reader: Localisation) -> Iterable[str]:
    def quoted(names: Iterable[str]) -> str:
        return reader.list_of(reader.gettext("“%(name)s”", name=isolated(name)) for name in names)

    if since.is_other_edition:
        yield reader.gettext(
            "The questionnaire is another version, which asks about pillars and ladder in the same words."
        )
    if since.asked_new:
        yield reader.gettext("Asked for the first time: %(names)s.", names=quoted(map(reader.text, since.asked_new)))
    if since.asked_gone:
        yield reader.gettext("Not asked this time: %(names)s.", names=quoted(map(reader.text, since.asked_gone)))
    if since.points_new:
        yield reader.gettext("New moments: %(names)s.", names=quoted(since.points_new))
    if since.points_gone:
        yield reader.gettext("Moments that are gone: %(names)s.", names=quoted(since.points_gone))
    for before, now in since.points_renamed:
        yield reader.gettext(
            "The moment “%(before)s” is now called “%(now)s”: if it is another one, its change means nothing.",
            before=isolated(before),
            now=isolated(now),
        )
    if since.targets_changed:
        yield reader.ngettext(
            "The target of %(n)s pillar is another one now; that changes no score.",
            "The targets of %(n)s pillars are others now; that changes no score.",
            len(since.targets_changed),
        )


# What was done, what moved, what next


def _done(since: Since, source: ResultSource, reader: Localisation) -> str:
    done = since.done
    if not done and not since.had_plan:
        return reader.gettext("There was no plan.")
    if not done:
        return reader.gettext("Of the last plan, no action is marked as done.")
    names = [
        reader.gettext(
            "“%(action)s” (%(serves)s)",
            action=isolated(reader.text(one.title)),
            serves=_served_by(one, source, reader),
        )
        for one in done[:MOST_DONE]
    ]
    if len(done) > MOST_DONE:
        names.append(reader.ngettext("%(n)s more", "%(n)s more", len(done) - MOST_DONE))
    return f"{reader.list_of(names)}."


def _served_by(action: FinishedAction | OpenAction, source: ResultSource, reader: Localisation) -> str:
    """The pillar or moment that an action serves; a moment that is gone by the name that it had."""
    if not action.is_point:
        return _short_name(action.ref_id, source, reader)
    if action.ref_id in source.point_names or not action.point_name:
        return source.point_name(action.ref_id)
    return isolated(action.point_name)


def _short_name(pillar_id: str, source: ResultSource, reader: Localisation) -> str:
    pillar = source.questionnaire.pillars_by_id.get(pillar_id)
    return reader.text(pillar.short_name) if pillar else pillar_id


def _statement_row(move: StatementMove, source: ResultSource, reader: Localisation) -> StatementRow:
    text = next(item.text for item in source.questionnaire.pillars_section.items if item.id == move.item)
    return StatementRow(reader.text(text), reader.number(move.before, 1), reader.number(move.after, 1))


def _statements_note(
    since: Since, furthest: Sequence[StatementMove], source: ResultSource, reader: Localisation
) -> str:
    """Why there is no judgement beside them; or why there are none."""
    if not since.round_name and not since.statements:
        return ""
    if any(change.linked for change in source.result.change):
        return reader.gettext("Not shown: only the same people are compared, and averages would be of everybody.")
    if not since.statements:
        return reader.gettext(
            "Not shown: it takes %(n)s answers in both rounds, and answers that are not nearly alike.",
            n=reader.number(c.DISTRIBUTION_N),
        )
    if not furthest:
        return reader.gettext("No statement stands out: too many moved equally far.")
    return reader.ngettext(
        "Averages of single statements, to talk about and not to conclude from. Of %(n)s statement some always move: "
        "what moved furthest is mostly chance.",
        "Averages of single statements, to talk about and not to conclude from. Of %(n)s statements some always move: "
        "what moved furthest is mostly chance.",
        len(since.statements),
    )


def _tries(since: Since, source: PlanSource, reader: Localisation) -> tuple[NextTry, ...]:
    """First what is still open in the plan before; then, for each pillar of the plan, the first action that the team
    has not done before. Nothing that stands on page 1 is said once more."""
    planned = [one.action for one in source.plan.actions]
    known = {action.id for action in planned if not action.is_own}
    titles = {reader.text(action.title) for action in planned}
    tries = [
        NextTry(_served_by(one, source, reader), isolated(reader.text(one.title)), "", is_pending=True)
        for one in since.still_open
        if reader.text(one.title) and one.library_id not in known and reader.text(one.title) not in titles
    ]
    known |= {one.library_id for one in since.done if one.library_id}
    known |= {one.library_id for one in since.still_open if one.library_id}
    for pillar in source.plan.pillars:
        name = reader.text(source.questionnaire.pillars_by_id[pillar.result.pillar].name)
        further = [action for action in pillar.later if action.id not in {*known, *pillar.declined}]
        tries += [
            NextTry(name, isolated(reader.text(action.title)), reader.text(action.first_step)) for action in further[:1]
        ]
    return tuple(tries)


# Did it work?


def _outcomes_block(plan: PlanOutcomes, source: ResultSource, reader: Localisation) -> OutcomesBlock:
    return OutcomesBlock(
        since=reader.gettext("Since “%(name)s”, the round of their plan:", name=isolated(plan.round_name)),
        rows=tuple(_outcome_row(outcome, source, reader) for outcome in plan.actions),
        others=_others(plan, source, reader),
    )


def _others(plan: PlanOutcomes, source: ResultSource, reader: Localisation) -> tuple[ComparisonRow, ...]:
    """Each pillar that clearly moved has a row; those that did not are told of together, without their figures."""
    scale = source.questionnaire.scale
    rows = [
        ComparisonRow(
            _short_name(change.pillar, source, reader),
            MARKS[change.label],
            "",
            words.change_words(change, scale, reader),
            label=change.label,
        )
        for change in plan.others
        if change.label in MARKS
    ]
    for label in ("same", "unclear"):
        alike = [change for change in plan.others if change.label == label]
        if alike:
            names = reader.list_of([_short_name(change.pillar, source, reader) for change in alike])
            said = words.change_words(replace(alike[0], difference=None, ci95=None), scale, reader)
            rows.append(ComparisonRow(names, "", "", said, label=alike[0].label))
    return tuple(rows)


def _others_note(source: ResultSource, reader: Localisation) -> str:
    """What pillars without an action tell of those with one: it depends on what became of them."""
    labels = {change.label if change.label in MARKS else "" for plan in source.outcomes for change in plan.others}
    if not labels:
        return ""
    if labels == {"improved"}:
        said = reader.gettext("These rose without an action, too, so the actions explain little.")
    elif labels == {""}:
        said = reader.gettext(
            "These did not clearly move. Where a pillar with an action rose, that speaks for the action, but proves "
            "nothing."
        )
    elif labels == {"worse"}:
        said = reader.gettext(
            "These fell instead. Where a pillar with an action rose or held, that speaks for the action, but proves "
            "nothing."
        )
    else:
        said = reader.gettext("Not all of these went the same way, so they tell little of what the actions brought.")
    low = reader.gettext(
        "Low scores tend to rise by themselves, whatever is done: what was unusually low once is seldom as low the "
        "next time."
    )
    return f"{low} {said}"


def _outcome_row(outcome: ActionOutcome, source: ResultSource, reader: Localisation) -> OutcomeRow:
    action, change = outcome.action, outcome.change
    if change is None:
        said = reader.gettext(UNANSWERED[outcome.reason or Unanswered.NOT_ASKED])
    elif isinstance(change, Change):
        said = words.change_words(change, source.questionnaire.scale, reader)
    else:
        said = words.ladder_change_words(change, source.questionnaire.ladder, reader)
    return OutcomeRow(
        title=isolated(reader.text(action.title)),
        serves=_served_by(action, source, reader),
        done=reader.gettext("done on %(day)s", day=reader.date(action.finished_on)) if action.finished_on else "",
        mark=MARKS.get(change.label, "") if change else "",
        words=said,
    )


def _recent(recent: Sequence[FinishedAction], reader: Localisation) -> str:
    if not recent:
        return ""
    return reader.gettext(
        "Done less than %(days)s days before this round opened, so the next round tells: %(actions)s.",
        days=reader.number(c.ANSWERED_AFTER_DAYS),
        actions=words.some_of([isolated(reader.text(one.title)) for one in recent], reader, most=MOST_RECENT),
    )


def _outcomes_note(source: ResultSource, reader: Localisation) -> str:
    changes = [
        outcome.change for plan in source.outcomes for outcome in plan.actions if isinstance(outcome.change, Change)
    ]
    compared = len(source.questionnaire.pillars)
    return words.one_sided_note(changes, source.questionnaire.scale, reader, compared=compared)


# Up, down, not sure


def pillar_change_rows(source: ResultSource, reader: Localisation) -> tuple[ComparisonRow, ...]:
    """The overall first, then the pillars: those that are up, down, the same, not sure, not shown."""
    names = pillar_names(source, reader) | {OVERALL: reader.gettext("Overall")}
    ordered = sorted(source.result.change, key=lambda change: (change.pillar != OVERALL, CHANGES.index(change.label)))
    return change_rows(ordered, names, source.questionnaire.scale, reader, apart=(OVERALL,))


def change_note(source: ResultSource, reader: Localisation) -> str:
    if not source.result.change:
        return ""
    if any(change.linked for change in source.result.change):
        note = reader.gettext("Only people who answered both times are compared.")
    else:
        note = reader.gettext("All who answered each time are compared; they need not be the same people.")
        if source.since and (why := _why_not_the_same_people(source.since, reader)):
            note = f"{note} {why}"
    labels = {change.pillar: change.label for change in source.result.change}
    overall = labels.pop(OVERALL, None)
    if overall in MARKS and any(label == "unclear" for label in labels.values()):
        more = reader.gettext(
            "The overall is compared by itself; of many pillars some move by chance, so each of them has to move "
            "further before it counts."
        )
        note = f"{note} {more}"
    overalls = [change for change in source.result.change if change.pillar == OVERALL]
    if one_sided := words.one_sided_note(overalls, source.questionnaire.scale, reader, compared=1):
        note = f"{note} {one_sided}"
    has_gap = any(change.label not in ("withheld", "same") and change.ci95 is None for change in source.result.change)
    return f"{note} {words.no_range_note(reader)}" if has_gap else note


def _why_not_the_same_people(since: Since, reader: Localisation) -> str:
    """Where people wrote codes of their own: why all are compared nevertheless, and what to do next time. How many
    wrote the same one is told to nobody."""
    if not since.asked_codes:
        return ""
    if not since.asked_codes_before:
        return reader.gettext(
            "This round asked for codes and the one before did not: if people write the same code next time, the same "
            "people can be compared."
        )
    if since.is_linked_before:
        return reader.gettext(
            "Although both rounds asked for codes: the comparison before this one was of the same people, and to "
            "protect them this is never done twice in a row."
        )
    return reader.gettext(
        "Although both rounds asked for codes: too few were the same, or they left out a group that is too small. It "
        "takes more than half of all who answered, and the others must be none, or at least %(k)s: in a small team, "
        "everybody has to write the same code both times. Next time, ask for that when you invite people.",
        k=reader.number(max(since.minimum_before, since.minimum_now)),
    )


def ladder_change_rows(source: ResultSource, reader: Localisation) -> tuple[ComparisonRow, ...]:
    """The perception points that clearly changed."""
    return tuple(
        ComparisonRow(
            source.point_name(change.point),
            MARKS[change.label],
            "",
            words.ladder_change_words(change, source.questionnaire.ladder, reader),
            label=change.label,
        )
        for change in source.result.ladder_change
        if change.label in MARKS
    )


def ladder_change_rest(source: ResultSource, reader: Localisation) -> str:
    """A sentence about the moments without a row, and one about those whose change is not shown."""
    changes = source.result.ladder_change
    rest = [source.point_name(change.point) for change in changes if change.label not in (*MARKS, "withheld")]
    hidden = [source.point_name(change.point) for change in changes if change.label == "withheld"]
    sentences = []
    if rest and len(rest) == len(changes):
        sentences.append(reader.gettext("On the ladder no moment changed clearly."))
    elif rest:
        sentences.append(
            reader.gettext("On the ladder there is no clear change in: %(points)s.", points=reader.list_of(rest))
        )
    if hidden:
        sentences.append(
            reader.gettext("On the ladder the change is not shown for: %(points)s.", points=reader.list_of(hidden))
        )
    return " ".join(sentences)
