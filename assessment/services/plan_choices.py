"""What a team decided over the plan that was proposed to it: a JSON document, checked whenever it is read."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from assessment.domain import conventions as c
from assessment.services.plain_text import plain_line, plain_text

LONGEST_LINE = 160
LONGEST_TEXT = 600

Line = Annotated[str, AfterValidator(plain_line), StringConstraints(max_length=LONGEST_LINE)]
Paragraph = Annotated[str, AfterValidator(plain_text), StringConstraints(max_length=LONGEST_TEXT)]


class _Choices(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ActionChoice(_Choices):
    """An action of the library (`action_id`), or the team's own (`title`, and `what` if it needs more words).

    Of a library action, an empty `owner` or `measure` means the library's own words, in each reader's language.
    """

    action_id: str = ""
    title: Line = ""
    what: Paragraph = ""
    owner: Line = ""
    measure: Line = ""
    due_on: dt.date
    is_done: bool = False


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
    def actions(self) -> tuple[ActionChoice, ...]:
        chosen = [action for pillar in self.pillars for action in pillar.actions]
        return (*chosen, self.move) if self.move else tuple(chosen)
