"""When a team's round repeats, and what comes next or keeps it from opening: in words, for its pages."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from assessment.domain.repetitions import Hold, RepetitionRule
from assessment.domain.rounds import RoundMode, RoundState
from assessment.infra.languages import N_, Localisation
from assessment.services.repetitions import RepetitionState
from reports.engine.scripts import isolated


@dataclass(frozen=True, slots=True)
class RepetitionWords:
    """`more` is what else one should know; `is_waiting` whether somebody has to do something first."""

    rule: str
    next: str
    more: tuple[str, ...]
    is_waiting: bool


HELD = {
    Hold.UNPUBLISHED: N_(
        "A round was due on %(day)s. It waits for “%(name)s” to be published, and opens the day after that."
    ),
    Hold.JUST_PUBLISHED: N_("The next round opens by itself on %(opens)s, the day after the last one was published."),
    Hold.TOO_SMALL: N_(
        "A round was due on %(day)s. The team has become too small for anonymous answers: correct its size, or open a "
        "round in which it answers together."
    ),
    Hold.FROM_FILE: N_(
        "A round was due on %(day)s. The answers of the last one came in a file, so none can open by itself: bring in "
        "the next file, or open a round."
    ),
    Hold.NOT_OFFERED: N_(
        "A round was due on %(day)s. What the last one asked can no longer be asked in this way: open a round, and "
        "choose what it asks."
    ),
}


def repetition_words(
    state: RepetitionState, now: dt.datetime, reader: Localisation, *, may_manage: bool
) -> RepetitionWords:
    """Whoever may not manage rounds is told of none that is not published."""
    if not may_manage:
        words = reader.gettext("The next round waits.") if state.hold is not None else _next(state, reader)
        return RepetitionWords(rule_words(state.repetition.rule, reader), words, (), is_waiting=False)
    more = []
    waits_for = state.waits_for
    is_closed = waits_for is not None and waits_for.facts.state(now) is RoundState.STOPPED
    if waits_for is not None and is_closed:
        more.append(
            reader.gettext(
                "“%(name)s” has closed and waits for you: look at it, and publish it.", name=isolated(waits_for.name)
            )
        )
    if state.is_overdue and not state.is_paused:
        more.append(reader.gettext("No round has been published for longer than was meant."))
    return RepetitionWords(
        rule=rule_words(state.repetition.rule, reader),
        next=_next(state, reader),
        more=tuple(more),
        is_waiting=not state.is_paused and state.hold not in (None, Hold.JUST_PUBLISHED),
    )


def rule_words(rule: RepetitionRule, reader: Localisation) -> str:
    if rule.every_months is not None and rule.first_on is not None:
        return reader.ngettext(
            "Every %(n)s month, from %(day)s on",
            "Every %(n)s months, from %(day)s on",
            rule.every_months,
            day=reader.date(rule.first_on),
        )
    days = reader.list_of(reader.gettext("on %(day)s", day=reader.date(day)) for day in rule.dates)
    return days[:1].upper() + days[1:]


def _next(state: RepetitionState, reader: Localisation) -> str:
    if state.is_paused:
        return reader.gettext("Paused: no round opens by itself.")
    if state.hold is not None:
        return reader.gettext(
            HELD[state.hold],
            day=reader.date(state.due_on) if state.due_on else "",
            name=isolated(state.waits_for.name) if state.waits_for else "",
            opens=reader.date(state.opens_on) if state.opens_on else "",
        )
    if state.opens_on is None:
        return reader.gettext("No day is left. Add days to go on.")
    is_draft = state.template.mode is RoundMode.CONSENSUS
    if state.due_on is not None:
        return (
            reader.gettext("The round of today is prepared in a moment.")
            if is_draft
            else reader.gettext("The round of today opens in a moment.")
        )
    day = reader.date(state.opens_on)
    if is_draft:
        return reader.gettext(
            "The next round is prepared by itself on %(day)s. You then choose when the team meets to answer together.",
            day=day,
        )
    return reader.gettext("The next round opens by itself on %(day)s.", day=day)
