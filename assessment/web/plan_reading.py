"""A plan in the reader's words: its pillars with their reasons, its actions with owner, date and measure."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from assessment.domain.actions import Action
from assessment.domain.plans.choices import MOVE, ActionChoice, ActionStatus
from assessment.domain.plans.faults import is_within_plan
from assessment.domain.plans.library import known_actions
from assessment.domain.plans.standing import is_late, is_stuck
from assessment.domain.texts import Text
from assessment.infra.languages import Localisation
from assessment.services.plans import RoundPlan
from reports.action_plan import front
from reports.action_plan.source import PlanSource


@dataclass(frozen=True, slots=True)
class ReadAction:
    """One action. `title` is empty where it is still being written; `owner`, `due` and `measure` where nobody said."""

    title: str
    what: str
    owner: str
    due: str
    measure: str
    due_on: dt.date | None
    is_open: bool
    is_done: bool
    has_proposed_owner: bool
    is_late: bool
    is_stuck: bool
    is_out_of_plan: bool
    """Whether its day is none that a plan can have: it says nothing about being late."""
    status: ActionStatus
    note: str
    evidence: str
    id: uuid.UUID
    by: str = ""
    """By when, as a line says it: "by …", or "today"; empty without a day."""
    goes_on: str = ""
    """The round in whose plan it goes on: it is open there, and here no more."""

    @property
    def evidence_link(self) -> str:
        """The evidence as an address that a browser may follow; empty where it is a text."""
        return web_address(self.evidence)


@dataclass(frozen=True, slots=True)
class ReadHeading:
    """A pillar, or the perception point, with its actions."""

    heading: str
    label: str
    title: str
    why: str
    actions: tuple[ReadAction, ...]


def plan_to_read(
    round_plan: RoundPlan, source: PlanSource, reader: Localisation, *, today: dt.date | None = None
) -> tuple[ReadHeading, ...]:
    """The plan as it stands, in the order of page 1: the perception point last, or first where it has an alarm.
    `source` is released: nothing else of the result is told.

    With `today`, it says which actions are late.
    """
    headings = [
        ReadHeading(pillar, box.label, box.pillar, " ".join(box.reasons), _actions(round_plan, pillar, reader, today))
        for pillar, box in zip(round_plan.choices.pillar_ids, front.priorities(source, reader), strict=True)
    ]
    if point := front.point(source, reader):
        place = 0 if point.is_alarm else len(headings)
        move = ReadHeading(MOVE, "", point.heading, point.today, _actions(round_plan, MOVE, reader, today))
        headings.insert(place, move)
    return tuple(headings)


@dataclass(frozen=True, slots=True)
class PlanProgress:
    """How far a plan is: of its actions so many are done, and so many late or stuck."""

    total: int
    done: int
    late: int = 0
    stuck: int = 0


def progress_of(headings: Sequence[ReadHeading]) -> PlanProgress:
    actions = [action for heading in headings for action in heading.actions]
    return PlanProgress(
        len(actions),
        sum(action.is_done for action in actions),
        sum(action.is_late for action in actions),
        sum(action.is_stuck for action in actions),
    )


def given_up(round_plan: RoundPlan, source: PlanSource, reader: Localisation) -> list[tuple[str, ReadAction]]:
    """What was given up, each with the name of what it was for."""
    read = []
    for one in round_plan.choices.dropped:
        if one.heading == MOVE:
            name, known = source.point_name(one.point), _any_move(round_plan, one.action.library_id)
        else:
            name = reader.text(source.questionnaire.pillars_by_id[one.heading].name)
            known = known_actions(round_plan.basis, one.heading).get(one.action.library_id)
        read.append((name, _action(round_plan, one.action, known, reader, None)))
    return read


def web_address(words: str) -> str:
    """The text itself where it is one whole address of a page on the web; else nothing.

    What would run something, or names another host first than the one that it leads to, is none.
    """
    if any(sign.isspace() or not sign.isprintable() or sign in "\\<>\"'" for sign in words):
        return ""
    try:
        parts = urlsplit(words)
        host = parts.hostname
    except ValueError:
        return ""
    return words if parts.scheme in ("http", "https") and host and "@" not in parts.netloc else ""


def next_action(headings: tuple[ReadHeading, ...]) -> ReadAction | None:
    """The action that is to be finished next."""
    dated = [
        (action.due_on, action)
        for heading in headings
        for action in heading.actions
        if action.is_open and action.title and action.due_on and not action.is_out_of_plan
    ]
    return min(dated, key=lambda one: one[0])[1] if dated else None


def by_need(headings: tuple[ReadHeading, ...]) -> list[tuple[ReadHeading, ReadAction]]:
    """The actions with what they are for: those that are late first, then by their dates; what is done at the end."""
    actions = [(heading, action) for heading in headings for action in heading.actions]
    return sorted(actions, key=lambda one: (not one[1].is_open, one[1].due_on or dt.date.max))


def _actions(
    round_plan: RoundPlan, heading: str, reader: Localisation, today: dt.date | None
) -> tuple[ReadAction, ...]:
    choices, known = round_plan.choices.actions_under(heading), known_actions(round_plan.basis, heading)
    return tuple(_action(round_plan, choice, known.get(choice.library_id), reader, today) for choice in choices)


def _any_move(round_plan: RoundPlan, library_id: str) -> Action | None:
    """A move of the library, whatever the step and the phase that it is for."""
    moves = round_plan.basis.library.moves.by_step_and_phase.values()
    return next((move for some in moves for move in some if move.id == library_id), None)


def _action(
    round_plan: RoundPlan, choice: ActionChoice, known: Action | None, reader: Localisation, today: dt.date | None
) -> ReadAction:
    """What the team wrote, else the library's own words."""
    goes_on = round_plan.goes_on.get(choice.id, "")
    is_open = choice.status.is_open and not goes_on
    is_out_of_plan = choice.due_on is not None and not is_within_plan(choice.due_on, round_plan.choices.drawn_on)
    return ReadAction(
        title=reader.text(known.title) if known else choice.title,
        what=reader.text(known.what) if known else choice.what,
        owner=_written(choice.owner, known.owner if known else None, reader),
        due=reader.date(choice.due_on) if choice.due_on else "",
        measure=_written(choice.measure, known.measure if known else None, reader),
        due_on=choice.due_on,
        is_open=is_open,
        is_done=choice.is_done,
        has_proposed_owner=known is not None and choice.owner is None,
        is_late=bool(today and is_open and is_late(choice, drawn_on=round_plan.choices.drawn_on, today=today)),
        is_stuck=is_open and is_stuck(choice),
        is_out_of_plan=is_out_of_plan,
        status=choice.status,
        note=choice.note,
        evidence=choice.evidence,
        id=choice.id,
        by=_by(choice.due_on, reader, today),
        goes_on=goes_on,
    )


def _by(due_on: dt.date | None, reader: Localisation, today: dt.date | None) -> str:
    if due_on is None:
        return ""
    return reader.gettext("today") if due_on == today else reader.gettext("by %(day)s", day=reader.date(due_on))


def _written(written: str | None, proposed: Text | None, reader: Localisation) -> str:
    """What the team wrote, if only that it stays open; else as the library words it."""
    if written is not None:
        return written
    return reader.text(proposed) if proposed else ""
