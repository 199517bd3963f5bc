"""What the workbook is made of: released figures, in rows that are short enough to be many."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from assessment.domain.plans.choices import ActionStatus
from assessment.domain.portfolio import OverTeams, TeamLine
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.result import ChangeLabel
from assessment.domain.texts import Text

FigureKind = Literal["overall", "pillar", "group", "point"]


class RoundFacts(NamedTuple):
    """A published round of a team. `answered` is `None` where the answers were agreed together."""

    team: str
    name: str
    published_on: dt.date
    is_agreed: bool
    answered: int | None
    people: int
    is_withheld: bool


Figure: TypeAlias = tuple[
    int,
    FigureKind,
    int,
    int | None,
    float | None,
    Literal["low", "high"] | None,
    int | None,
    bool,
    float | None,
    float | None,
    float | None,
    ChangeLabel | None,
]
"""A released figure: the places of its round and of its name, what it is of, n, score (of a moment the median step),
bound, level, whether that is only probable, interval, change, label. A plain tuple: there are many, and they are handed
to another process."""


class ActionFacts(NamedTuple):
    """An action of a plan; `is_current` where that is the team's latest plan, of which alone actions are late."""

    team: str
    round: str
    drawn_on: dt.date
    serves: Text
    title: Text
    owner: Text
    due_on: dt.date | None
    status: ActionStatus
    is_late: bool
    is_current: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkbookSource:
    """`rounds` are those of the teams that are chosen, the oldest first in each team; `tag` the name of what they were
    chosen by. `over` is over all teams, whatever is chosen."""

    organisation: str
    made_on: dt.date
    tag: str
    minimum_group: int
    questionnaire: Questionnaire
    lines: tuple[TeamLine, ...]
    over: Mapping[str, OverTeams]
    rounds: tuple[RoundFacts, ...]
    names: tuple[Text, ...]
    figures: tuple[Figure, ...]
    actions: tuple[ActionFacts, ...]
