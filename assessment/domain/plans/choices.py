"""What a team decided over the plan that was proposed to it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final, Self

from assessment.domain.plain_text import plain_line, plain_text

LONGEST_LINE = 160
LONGEST_TEXT = 600
LONGEST_TITLE = 80
LONGEST_REASON = 140
LONGEST_OWNER = 60
LONGEST_MEASURE = 110
LONGEST_NOTE = 300
LONGEST_EVIDENCE = 300
"""Characters of what a form takes: it is printed on page 1, beside four other actions. Older drafts may hold more, up
to `LONGEST_LINE` and `LONGEST_TEXT`."""

MOVE: Final = "move"
"""The heading of what lifts the plan's perception point. All other headings are ids of pillars."""


GOES_ON_IN_WORDS: Final = frozenset({"It goes on from our last plan.", "Viene de nuestro plan anterior."})
"""What a form shows for a reason that nobody has worded (`PillarChoice.reason`), in either language. Plans kept one of
them before."""


class TextTooLong(ValueError):
    """A text of a plan has more characters than a plan can hold; `field` is its name."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class ActionStatus(StrEnum):
    """How far an action is."""

    TODO = "todo"
    DOING = "doing"
    BLOCKED = "blocked"
    DONE = "done"
    DROPPED = "dropped"

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done."""
        return self not in {ActionStatus.DONE, ActionStatus.DROPPED}


@dataclass(frozen=True, slots=True)
class ActionChoice:
    """An action of the library (`library_id`), or the team's own (`title`, and `what` if it needs more words).

    Of a library action, `owner` and `measure` are `None` while they are the library's own words, in each reader's
    language, and empty where the team left them open. A draft may still lack a title or a day. Texts are cleaned
    (`domain.plain_text`). `id` stays the same whatever is changed of the action, and is not compared: two plans that
    say the same are equal. Raises `TextTooLong`.
    """

    library_id: str = ""
    title: str = ""
    what: str = ""
    owner: str | None = None
    measure: str | None = None
    due_on: dt.date | None = None
    status: ActionStatus = ActionStatus.TODO
    note: str = ""
    """What whoever follows the plan wrote down about it, or why it was given up; it is not printed."""
    evidence: str = ""
    """What shows that it was done or what it brought, in words or as a link; it is not printed."""
    id: uuid.UUID = field(default_factory=uuid.uuid4, compare=False, kw_only=True)

    def __post_init__(self) -> None:
        for name in ("title", "owner", "measure"):
            if self.is_own and getattr(self, name) is None:
                object.__setattr__(self, name, "")
            _set_line(self, name)
        object.__setattr__(self, "what", plain_text(self.what))
        object.__setattr__(self, "note", plain_text(self.note))
        object.__setattr__(self, "evidence", plain_line(self.evidence))
        if len(self.library_id) > LONGEST_LINE:
            raise TextTooLong("library_id")
        if len(self.what) > LONGEST_TEXT:
            raise TextTooLong("what")
        for name, longest in (("note", LONGEST_NOTE), ("evidence", LONGEST_EVIDENCE)):
            if len(getattr(self, name)) > longest:
                raise TextTooLong(name)

    @property
    def is_own(self) -> bool:
        return not self.library_id

    @property
    def is_done(self) -> bool:
        return self.status is ActionStatus.DONE

    @property
    def is_dropped(self) -> bool:
        return self.status is ActionStatus.DROPPED

    @property
    def in_print(self) -> Self:
        """What of the action dates its plan anew: of how far it is, only whether it is done."""
        return replace(self, status=ActionStatus.DONE if self.is_done else ActionStatus.TODO, note="", evidence="")

    @property
    def agreed(self) -> Self:
        """What was agreed on: not how far it is."""
        return replace(self, status=ActionStatus.TODO, note="", evidence="")


@dataclass(frozen=True, slots=True)
class PillarChoice:
    """A pillar that the team takes on; `reason` says why where the proposal did not name it.

    It is `None` while an action of the plan before is the reason, in each reader's language, and empty where there is
    none. Raises `TextTooLong`.
    """

    pillar: str
    reason: str | None = ""
    actions: tuple[ActionChoice, ...] = ()

    @property
    def standing(self) -> tuple[ActionChoice, ...]:
        """What has not been given up."""
        return tuple(action for action in self.actions if not action.is_dropped)

    def __post_init__(self) -> None:
        _set_line(self, "reason")
        if self.reason in GOES_ON_IN_WORDS:
            object.__setattr__(self, "reason", None)


@dataclass(frozen=True, slots=True)
class DroppedAction:
    """An action that was given up: remembered under its heading, without a place in the plan. `point` is the perception
    point that it was to lift, where that is its heading."""

    heading: str
    action: ActionChoice
    point: str = ""


@dataclass(frozen=True, slots=True)
class PlanChoices:
    """The plan of one round. `move` is what lifts a perception point, `point`; a team may leave it out.

    What is given up leaves its place for another and stands among `dropped`, as long as its pillar is in the plan.
    """

    drawn_on: dt.date
    pillars: tuple[PillarChoice, ...] = ()
    move: ActionChoice | None = None
    point: str = ""
    dropped: tuple[DroppedAction, ...] = ()

    def __post_init__(self) -> None:
        given_up = [
            DroppedAction(pillar.pillar, action)
            for pillar in self.pillars
            for action in pillar.actions
            if action.is_dropped
        ]
        if given_up:
            pillars = tuple(replace(pillar, actions=pillar.standing) for pillar in self.pillars)
            object.__setattr__(self, "pillars", pillars)
        if self.move is not None and self.move.is_dropped:
            given_up.append(DroppedAction(MOVE, self.move, self.point))
            object.__setattr__(self, "move", None)
        if self.move is None:
            object.__setattr__(self, "point", "")
        standing = {action.id for action in self.actions}  # what is proposed again has the id that it had
        known = [one for one in self.dropped if one.heading in self.headings and one.action.id not in standing]
        object.__setattr__(self, "dropped", (*known, *given_up))

    @property
    def pillar_ids(self) -> tuple[str, ...]:
        return tuple(pillar.pillar for pillar in self.pillars)

    @property
    def in_print(self) -> Self:
        """What of the choices dates the plan anew."""
        return self._with_each(lambda action: action.in_print)

    @property
    def agreed(self) -> Self:
        """What was agreed on: not how far the actions are."""
        return self._with_each(lambda action: action.agreed)

    def _with_each(self, changed: Callable[[ActionChoice], ActionChoice]) -> Self:
        pillars = tuple(
            replace(pillar, actions=tuple(changed(action) for action in pillar.actions)) for pillar in self.pillars
        )
        return replace(self, pillars=pillars, move=changed(self.move) if self.move else None, dropped=())

    @property
    def headings(self) -> tuple[str, ...]:
        """All headings in their order, whether they have actions or not; `MOVE` is always the last."""
        return (*self.pillar_ids, MOVE)

    def actions_under(self, heading: str) -> tuple[ActionChoice, ...]:
        """The actions of a pillar, or of the perception point (`MOVE`); none where the plan has no such heading."""
        if heading == MOVE:
            return (self.move,) if self.move else ()
        return next((pillar.actions for pillar in self.pillars if pillar.pillar == heading), ())

    def dropped_under(self, heading: str) -> tuple[ActionChoice, ...]:
        """What was given up under a heading."""
        return tuple(one.action for one in self.dropped if one.heading == heading)

    @property
    def remembered(self) -> tuple[ActionChoice, ...]:
        """The actions that stand in the plan, and then those that were given up."""
        return (*self.actions, *(one.action for one in self.dropped))

    @property
    def actions(self) -> tuple[ActionChoice, ...]:
        """The actions that have a place in the plan."""
        chosen = [action for pillar in self.pillars for action in pillar.actions]
        return (*chosen, self.move) if self.move else tuple(chosen)


def _set_line(choice: ActionChoice | PillarChoice, name: str) -> None:
    if getattr(choice, name) is None:
        return
    line = plain_line(getattr(choice, name))
    if len(line) > LONGEST_LINE:
        raise TextTooLong(name)
    object.__setattr__(choice, name, line)
