"""What the summary of all teams is made of: released figures, and what became of plans."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from assessment.domain.portfolio import OverTeams, TeamLine, TeamMoves
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.result import ChangeLabel
from assessment.domain.texts import Text
from assessment.infra.languages import Paper
from reports.engine.consultancy import NO_CONSULTANCY, Consultancy
from reports.workbook.source import ActionFacts


class DoneAction(NamedTuple):
    """An action that is done; `outcome` is what became of what it serves, where a later round has answered that, and
    `round` the one whose plan it is of, which was drawn up on a day."""

    team: str
    serves: Text
    title: Text
    outcome: ChangeLabel | None = None
    round: str = ""
    drawn_on: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutiveSource:
    """`lines` and `moves` are of the teams that are chosen, by name; `tag` the name of what they were chosen by. `over`
    is over all teams, whatever is chosen. Actions are those of each team's latest plan; done
    ones also those about which its latest round says what became of what they serve."""

    organisation: str
    accent: str
    logo: str
    paper: Paper
    made_on: dt.date
    tag: str
    questionnaire: Questionnaire
    lines: tuple[TeamLine, ...]
    over: Mapping[str, OverTeams]
    is_one_wording: bool
    moves: tuple[TeamMoves, ...]
    done: tuple[DoneAction, ...]
    open_actions: tuple[ActionFacts, ...]
    consultancy: Consultancy = NO_CONSULTANCY
