"""What a team decided over the plan that was proposed to it: a JSON document, checked whenever it is read."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Final, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from assessment.domain import conventions as c
from assessment.services.plain_text import plain_line, plain_text

LONGEST_LINE = 160
LONGEST_TEXT = 600
LONGEST_TITLE = 80
LONGEST_REASON = 140
LONGEST_OWNER = 60
LONGEST_MEASURE = 110
"""What is written is printed on page 1, beside four other actions."""

Line = Annotated[str, AfterValidator(plain_line), StringConstraints(max_length=LONGEST_LINE)]
Paragraph = Annotated[str, AfterValidator(plain_text), StringConstraints(max_length=LONGEST_TEXT)]


MOVE: Final = "move"
"""The place in a plan of what lifts its perception point; the others are ids of pillars."""


class _Choices(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ActionChoice(_Choices):
    """An action of the library (`action_id`), or the team's own (`title`, and `what` if it needs more words).

    Of a library action, an empty `owner` or `measure` means the library's own words, in each reader's language. A draft
    may still lack a title or a day.
    """

    action_id: Annotated[str, StringConstraints(max_length=LONGEST_LINE)] = ""
    title: Line = ""
    what: Paragraph = ""
    owner: Line = ""
    measure: Line = ""
    due_on: dt.date | None = None
    is_done: bool = False

    @property
    def is_own(self) -> bool:
        return not self.action_id


class PillarChoice(_Choices):
    """A pillar that the team takes on; `reason` says why where the proposal did not name it."""

    pillar: str
    reason: Line = ""
    actions: tuple[ActionChoice, ...] = ()


class PlanChoices(_Choices):
    """The plan of one round. `move` is what lifts the weakest perception point; a team may leave it out."""

    drawn_on: dt.date
    pillars: tuple[PillarChoice, ...] = Field(max_length=c.MOST_PRIORITIES)
    move: ActionChoice | None = None

    @property
    def pillar_ids(self) -> tuple[str, ...]:
        return tuple(pillar.pillar for pillar in self.pillars)

    @property
    def in_print(self) -> Self:
        """What of the choices stands in the document: not whether an action is done."""

        def undone(action: ActionChoice) -> ActionChoice:
            return action.model_copy(update={"is_done": False})

        pillars = tuple(
            pillar.model_copy(update={"actions": tuple(undone(action) for action in pillar.actions)})
            for pillar in self.pillars
        )
        return self.model_copy(update={"pillars": pillars, "move": undone(self.move) if self.move else None})

    def actions_at(self, place: str) -> tuple[ActionChoice, ...]:
        """The actions of a pillar, or of the perception point (`MOVE`); none where the plan has no such place."""
        if place == MOVE:
            return (self.move,) if self.move else ()
        return next((pillar.actions for pillar in self.pillars if pillar.pillar == place), ())

    @property
    def actions(self) -> tuple[ActionChoice, ...]:
        chosen = [action for pillar in self.pillars for action in pillar.actions]
        return (*chosen, self.move) if self.move else tuple(chosen)
