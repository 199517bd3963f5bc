"""What whoever leads a workshop is told: agendas, what to do when it gets difficult, and what to bring."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from assessment.domain.texts import Text

Answers = Literal["statements", "descriptions"]


@dataclass(frozen=True, slots=True)
class AgendaStep:
    """`say` are words that may be said as they are; some steps have none."""

    minutes: int
    title: Text
    do: Text
    say: Text | None = None


@dataclass(frozen=True, slots=True)
class Agenda:
    id: str
    name: Text
    minutes: int
    about: Text
    answers: Answers
    """Whether the team answers the statements, each person alone, or the described levels of the pillars together."""
    steps: tuple[AgendaStep, ...]


@dataclass(frozen=True, slots=True)
class Difficulty:
    """What may happen in a room, and what helps then."""

    when: Text
    do: Text
    say: Text | None = None


@dataclass(frozen=True, slots=True)
class Facilitation:
    aim: Text
    agendas: tuple[Agenda, ...]
    difficulties: tuple[Difficulty, ...]
    materials: tuple[Text, ...]
    room: tuple[Text, ...]
    network: tuple[Text, ...]
    votes: tuple[Text, ...]
    closing: tuple[Text, ...]
