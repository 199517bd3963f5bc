"""The action library: what a team may do about a pillar or a perception point."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from assessment.domain.questionnaire import Phase, Text

Effort = Literal["small", "medium", "large"]

OWN_ACTION = "own"
"""The id of every action that a team wrote itself."""


@dataclass(frozen=True, slots=True)
class Action:
    """A concrete thing to do. `due_days` counts from the day of the plan."""

    id: str
    title: Text
    what: Text
    why: Text
    first_step: Text
    owner: Text
    measure: Text
    effort: Effort
    due_days: int

    @property
    def is_own(self) -> bool:
        """Whether the team wrote it itself: then the library knows neither its effort nor why it helps."""
        return self.id == OWN_ACTION


@dataclass(frozen=True, slots=True)
class PillarActions:
    """The actions of one pillar: a conversation for split teams, and actions per maturity level, in order of choice."""

    pillar: str
    conversation: Action
    by_level: Mapping[int, Sequence[Action]]


@dataclass(frozen=True, slots=True)
class LadderMoves:
    """Moves that lift a perception point from a step to the next, by step and phase; from step 6, ways to stay."""

    by_step_and_phase: Mapping[tuple[int, Phase], Sequence[Action]]


@dataclass(frozen=True, slots=True)
class ActionLibrary:
    pillars: Mapping[str, PillarActions]
    moves: LadderMoves

    def for_pillar(self, pillar: str, level: int) -> Sequence[Action]:
        """The actions for a pillar at a maturity level; none for a pillar outside the library: the team writes them."""
        known = self.pillars.get(pillar)
        return known.by_level[level] if known else ()

    def conversation(self, pillar: str) -> Action | None:
        """How a split team begins; `None` for a pillar outside the library."""
        known = self.pillars.get(pillar)
        return known.conversation if known else None

    def moves_from(self, step: int, phase: Phase) -> Sequence[Action]:
        return self.moves.by_step_and_phase[step, phase]
