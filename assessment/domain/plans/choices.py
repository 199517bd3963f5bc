"""What a team decided over the plan that was proposed to it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Final, Self

from assessment.domain.plain_text import plain_line, plain_text

LONGEST_LINE = 160
LONGEST_TEXT = 600
LONGEST_TITLE = 80
LONGEST_REASON = 140
LONGEST_OWNER = 60
LONGEST_MEASURE = 110
"""Characters of what a form takes: it is printed on page 1, beside four other actions. Older drafts may hold more, up
to `LONGEST_LINE` and `LONGEST_TEXT`."""

MOVE: Final = "move"
"""The heading of what lifts the plan's perception point. All other headings are ids of pillars."""


class TextTooLong(ValueError):
    """A text of a plan has more characters than a plan can hold; `field` is its name."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


@dataclass(frozen=True, slots=True)
class ActionChoice:
    """An action of the library (`action_id`), or the team's own (`title`, and `what` if it needs more words).

    Of a library action, an empty `owner` or `measure` means the library's own words, in each reader's language. A draft
    may still lack a title or a day. Texts are cleaned (`domain.plain_text`). Raises `TextTooLong`.
    """

    action_id: str = ""
    title: str = ""
    what: str = ""
    owner: str = ""
    measure: str = ""
    due_on: dt.date | None = None
    is_done: bool = False

    def __post_init__(self) -> None:
        for field in ("title", "owner", "measure"):
            _set_line(self, field)
        object.__setattr__(self, "what", plain_text(self.what))
        if len(self.action_id) > LONGEST_LINE:
            raise TextTooLong("action_id")
        if len(self.what) > LONGEST_TEXT:
            raise TextTooLong("what")

    @property
    def is_own(self) -> bool:
        return not self.action_id


@dataclass(frozen=True, slots=True)
class PillarChoice:
    """A pillar that the team takes on; `reason` says why where the proposal did not name it. Raises `TextTooLong`."""

    pillar: str
    reason: str = ""
    actions: tuple[ActionChoice, ...] = ()

    def __post_init__(self) -> None:
        _set_line(self, "reason")


@dataclass(frozen=True, slots=True)
class PlanChoices:
    """The plan of one round. `move` is what lifts the weakest perception point; a team may leave it out."""

    drawn_on: dt.date
    pillars: tuple[PillarChoice, ...] = ()
    move: ActionChoice | None = None

    @property
    def pillar_ids(self) -> tuple[str, ...]:
        return tuple(pillar.pillar for pillar in self.pillars)

    @property
    def in_print(self) -> Self:
        """What of the choices stands in the document: not whether an action is done."""
        pillars = tuple(
            replace(pillar, actions=tuple(replace(action, is_done=False) for action in pillar.actions))
            for pillar in self.pillars
        )
        return replace(self, pillars=pillars, move=replace(self.move, is_done=False) if self.move else None)

    def actions_under(self, heading: str) -> tuple[ActionChoice, ...]:
        """The actions of a pillar, or of the perception point (`MOVE`); none where the plan has no such heading."""
        if heading == MOVE:
            return (self.move,) if self.move else ()
        return next((pillar.actions for pillar in self.pillars if pillar.pillar == heading), ())

    @property
    def actions(self) -> tuple[ActionChoice, ...]:
        chosen = [action for pillar in self.pillars for action in pillar.actions]
        return (*chosen, self.move) if self.move else tuple(chosen)


def _set_line(choice: ActionChoice | PillarChoice, field: str) -> None:
    line = plain_line(getattr(choice, field))
    if len(line) > LONGEST_LINE:
        raise TextTooLong(field)
    object.__setattr__(choice, field, line)
