"""TeamResult → ActionPlan: two priorities, a handful of actions, the weakest point and its next step.

A plan is a proposal: the team accepts or changes everything in it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from assessment.domain import conventions as c
from assessment.domain.actions import Action, ActionLibrary
from assessment.domain.priorities import Targets
from assessment.domain.questionnaire import PerceptionPoint, Phase
from assessment.domain.result import PillarResult, PointResult, Priority, TeamResult
from assessment.domain.scale import Scale

MOST_ACTIONS: Final = 5
"""On page 1, the next step of a perception point among them."""

PlanKind = Literal["improve", "keep_and_share"]


class NothingToPlan(Exception):
    """The result is withheld or empty: there is nothing that a plan could stand on."""


@dataclass(frozen=True, slots=True)
class PlannedAction:
    action: Action
    due_on: dt.date
    is_conversation: bool = False
    has_proposed_owner: bool = True
    """Whether the owner is the library's proposal, which nobody has changed."""
    is_done: bool = False
    is_late: bool = False
    is_stuck: bool = False
    """How it stands on the day that it is shown or printed."""


@dataclass(frozen=True, slots=True)
class PlannedPillar:
    """One priority: why it is here, and what to do about it. `priority` is `None` in a plan to keep and share."""

    result: PillarResult
    target: float
    priority: Priority | None
    focus_share: float | None
    actions: tuple[PlannedAction, ...]
    later: tuple[Action, ...]
    """More of the library for the same level, for when the first actions are done."""
    reason: str | None = ""
    """Why the team chose it where the proposal did not; `None` where it came with an action of the plan before."""
    declined: frozenset[str] = frozenset()
    """Actions that were proposed for it and that the team took out or replaced: nothing to come back to later."""
    is_given_up: bool = False
    """Whether all of its actions were given up, so that nothing is under way for it."""


@dataclass(frozen=True, slots=True)
class PlannedPoint:
    """A perception point and the move that takes it one step up (from the top step: that keeps it there)."""

    result: PointResult
    step: int
    phase: Phase
    move: PlannedAction
    is_alarm: bool


@dataclass(frozen=True, slots=True)
class ActionPlan:
    team: str
    drawn_on: dt.date
    kind: PlanKind
    pillars: tuple[PlannedPillar, ...]
    point: PlannedPoint | None

    @property
    def actions(self) -> tuple[PlannedAction, ...]:
        """All planned actions by due date."""
        planned = [action for pillar in self.pillars for action in pillar.actions]
        if self.point:
            planned.append(self.point.move)
        return tuple(sorted(planned, key=lambda action: action.due_on))


def due_on(start: dt.date, days: int) -> dt.date:
    """The day so many days after the start; a weekend moves to Monday."""
    day = start + dt.timedelta(days=days)
    return day + dt.timedelta(days=max(0, 7 - day.weekday())) if day.weekday() > 4 else day


def phase_of(point: str, sequence: Sequence[str], known: dict[str, PerceptionPoint]) -> Phase:
    """Where a point lies: as its template says, else by thirds of the sequence."""
    if point in known:
        return known[point].phase
    third = 3 * sequence.index(point) // len(sequence)
    return ("beginning", "middle", "end")[third]


def chosen_pillars(result: TeamResult) -> tuple[PlanKind, tuple[str, ...]]:
    """The pillars a plan proposes: the two best candidates; else the two that people care most about.

    Where people care alike, or nobody was asked, the strongest are kept.
    """
    if result.priorities:
        return "improve", tuple(entry.pillar for entry in result.priorities[: c.PROPOSED_PRIORITIES])
    judged = [pillar for pillar in result.pillars if pillar.mean is not None]
    judged.sort(key=lambda pillar: (-result.focus.get(pillar.pillar, 0.0), -(pillar.mean or 0.0)))
    return "keep_and_share", tuple(pillar.pillar for pillar in judged[: c.PROPOSED_PRIORITIES])


def level_to_act_on(result: PillarResult, kind: PlanKind, scale: Scale) -> int:
    """The level whose actions fit. A strong pillar that one rare habit holds back is kept and shared as a strong one.

    Raises `NothingToPlan` for a pillar without a level.
    """
    if result.level is None:
        raise NothingToPlan(result.pillar)
    strong = c.CAPPED_LEVEL + 1
    if kind == "keep_and_share" and result.mean is not None and scale.level(result.mean) >= strong:
        return max(result.level, strong)
    return result.level


def first_actions(
    library: ActionLibrary, pillar: PillarResult, kind: PlanKind, start: dt.date, *, scale: Scale, how_many: int
) -> tuple[tuple[PlannedAction, ...], tuple[Action, ...]]:
    """The first actions of the pillar's band, after a conversation where the team is split; and what is left over.

    Nothing of both for a pillar outside the library.
    """
    fitting = list(library.for_pillar(pillar.pillar, level_to_act_on(pillar, kind, scale)))
    planned = []
    if pillar.agreement == "split" and (talk := library.conversation(pillar.pillar)):
        planned.append(PlannedAction(talk, due_on(start, talk.due_days), is_conversation=True))
    taken = fitting[: how_many - len(planned)]
    planned += [PlannedAction(action, due_on(start, action.due_days)) for action in taken]
    return tuple(planned), tuple(fitting[len(taken) :])


def draft_plan(
    result: TeamResult,
    library: ActionLibrary,
    *,
    scale: Scale,
    drawn_on: dt.date,
    known_points: dict[str, PerceptionPoint],
    targets: Targets | None = None,
) -> ActionPlan:
    """The plan that the method proposes for a team; `scale` is that of the pillars.

    Raises `NothingToPlan` for a withheld or empty result.
    """
    kind, chosen = chosen_pillars(result)
    if result.withheld or not chosen:
        raise NothingToPlan(result.team)
    goals = targets or {}
    by_pillar = {entry.pillar: entry for entry in result.priorities}
    point = _planned_point(result, library, drawn_on, known_points)
    room = MOST_ACTIONS - (1 if point else 0)
    each = min(3, room // len(chosen))
    pillars = []
    for pillar_id in chosen:
        pillar = result.pillar(pillar_id)
        actions, later = first_actions(library, pillar, kind, drawn_on, scale=scale, how_many=each)
        pillars.append(
            PlannedPillar(
                result=pillar,
                target=goals.get(pillar_id, scale.target),
                priority=by_pillar.get(pillar_id),
                focus_share=result.focus.get(pillar_id) if result.mode == "individual" else None,
                actions=actions,
                later=later,
            )
        )
    return ActionPlan(result.team, drawn_on, kind, tuple(pillars), point)


def _share_of_broken_promises(point: PointResult) -> float:
    """Of a point with an alarm; released without counts, nearly all chose one step, the lowest or another."""
    if point.counts:
        return point.counts[0] / (point.n or 1)
    return 1.0 if point.median == 1 else c.CRIMINAL_SHARE


def _planned_point(
    result: TeamResult, library: ActionLibrary, start: dt.date, known: dict[str, PerceptionPoint]
) -> PlannedPoint | None:
    """The alarming point, or the weakest, and its move. The alarm comes first whatever the medians say."""
    name = result.weakest_point
    if result.alarms and name not in result.alarms:
        name = max(result.alarms, key=lambda alarm: _share_of_broken_promises(result.point(alarm)))
    return None if name is None else planned_point(result, library, start, known, name)


def level_points(
    result: TeamResult, library: ActionLibrary, *, drawn_on: dt.date, known_points: dict[str, PerceptionPoint]
) -> dict[str, PlannedPoint]:
    """The lowest perception points where several are level, each as a plan would lift it: the team may choose. Where
    one has an alarm there is nothing to choose."""
    if result.alarms or len(result.lowest_points) < 2:
        return {}
    planned = {name: planned_point(result, library, drawn_on, known_points, name) for name in result.lowest_points}
    return {name: point for name, point in planned.items() if point is not None}


def planned_point(
    result: TeamResult, library: ActionLibrary, start: dt.date, known: dict[str, PerceptionPoint], name: str
) -> PlannedPoint | None:
    """A perception point and its move; `None` for one that is not shown."""
    point = result.point(name)
    if point.median is None:
        return None
    is_alarm = name in result.alarms
    # Between two steps the lower one is where the work is; an alarm is about the broken promises, whatever the median.
    step = 1 if is_alarm else int(point.median)
    phase = phase_of(name, [entry.point for entry in result.ladder], known)
    move = library.moves_from(step, phase)[0]
    return PlannedPoint(point, step, phase, PlannedAction(move, due_on(start, move.due_days)), is_alarm)
