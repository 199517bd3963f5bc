"""What is asked: a questionnaire with its pillars, items, scale and ladder, in Spanish and English side by side."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

Language = Literal["es", "en"]
LANGUAGES: tuple[Language, ...] = ("es", "en")


@dataclass(frozen=True, slots=True)
class Text:
    """One text in both languages."""

    es: str
    en: str

    def in_language(self, language: Language) -> str:
        return self.es if language == "es" else self.en


@dataclass(frozen=True, slots=True)
class ScalePoint:
    value: int
    label: Text


@dataclass(frozen=True, slots=True)
class Scale:
    """The answers that an item accepts, from 1 to `len(points)`, and "I don't know" beside them."""

    question: Text
    points: tuple[ScalePoint, ...]
    dont_know: Text

    @property
    def size(self) -> int:
        return len(self.points)


@dataclass(frozen=True, slots=True)
class Item:
    """One statement, or one rubric where `levels` describes what each value means."""

    id: str
    text: Text
    levels: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Pillar:
    id: str
    name: Text
    short_name: Text
    summary: Text
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One step (*peldaño*) of the service-level ladder."""

    value: int
    id: str
    name: Text
    label: Text
    lived: Text


@dataclass(frozen=True, slots=True)
class Ladder:
    question: Text
    point_gloss: Text
    steps: tuple[Step, ...]

    @property
    def size(self) -> int:
        return len(self.steps)


@dataclass(frozen=True, slots=True)
class Focus:
    """The question for the pillars that matter most now."""

    question: Text
    at_most: int


@dataclass(frozen=True, slots=True)
class Comment:
    question: Text
    warning: Text


@dataclass(frozen=True)
class Questionnaire:
    """A published version of a questionnaire; `checksum` is the SHA-256 of the file it was read from."""

    id: str
    version: int
    checksum: str
    title: Text
    introduction: Text
    scale: Scale
    pillars: tuple[Pillar, ...]
    ladder: Ladder
    focus: Focus
    comment: Comment

    def __hash__(self) -> int:
        """By its file: a questionnaire is a key of caches, and long."""
        return hash(self.checksum)

    @cached_property
    def items(self) -> tuple[Item, ...]:
        return tuple(item for pillar in self.pillars for item in pillar.items)

    @cached_property
    def items_by_id(self) -> dict[str, Item]:
        return {item.id: item for item in self.items}

    @cached_property
    def pillars_by_id(self) -> dict[str, Pillar]:
        return {pillar.id: pillar for pillar in self.pillars}


Phase = Literal["beginning", "middle", "end"]


@dataclass(frozen=True, slots=True)
class PerceptionPoint:
    """A moment at which the customer senses something."""

    id: str
    phase: Phase
    name: Text
    described: Text


@dataclass(frozen=True, slots=True)
class TeamKind:
    """A kind of team and the sequence of perception points it may start from."""

    id: str
    name: Text
    points: tuple[PerceptionPoint, ...]
