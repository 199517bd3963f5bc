"""What one respondent said, and what a set of respondents said together."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Literal


class Role(StrEnum):
    STAFF = "staff"
    LEADER = "leader"
    CUSTOMER = "customer"
    CONSENSUS = "consensus"


class DontKnow:
    """The answer "Don't know / doesn't apply": stored apart from a skipped answer, missing for scores like it."""

    _instance: DontKnow | None = None

    def __new__(cls) -> DontKnow:
        if cls._instance is None:
            cls._instance = super().__new__(cls)
        return cls._instance

    def __repr__(self) -> str:
        return "DK"


DK: Final = DontKnow()
Answer = int | DontKnow
"""A whole number on the scale, or `DK`. A skipped question has no entry."""

Mode = Literal["individual", "consensus"]

COMMENT: Final = "comment"
"""The id of the text section whose answer is the sheet's `comment`; those of other ids lie in `texts`."""


class InvalidAnswer(ValueError):
    """An answer off the scale, or to a question that the questionnaire does not ask. Never clamped, never guessed."""

    def __init__(self, question: str, answer: object) -> None:
        super().__init__(f"{question}: {answer!r}")
        self.question = question
        self.answer = answer


@dataclass(frozen=True, slots=True)
class AnswerSheet:
    """What one respondent said.

    `items` maps item ids and `ladder` maps perception points to answers; `choices` maps choice sections to the option
    chosen, `texts` further text sections to what was written. A skipped question is absent from them. `respondent` is
    an optional code that links rounds.
    """

    role: Role = Role.STAFF
    items: dict[str, Answer] = field(default_factory=dict)
    ladder: dict[str, Answer] = field(default_factory=dict)
    focus: tuple[str, ...] = ()
    comment: str = ""
    respondent: str | None = None
    choices: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether everything was skipped."""
        return not (self.items or self.ladder or self.focus or self.choices or self.written)

    @property
    def written(self) -> dict[str, str]:
        """What was written in text sections, by their ids."""
        comment = {COMMENT: self.comment} if self.comment else {}
        return comment | {section: words for section, words in self.texts.items() if words}


@dataclass(frozen=True, slots=True)
class TeamAnswers:
    """All sheets of one team in one round; `points` is its sequence of perception points."""

    team: str
    points: tuple[str, ...]
    sheets: tuple[AnswerSheet, ...]
    asked_focus: bool = True

    @property
    def mode(self) -> Mode:
        return "consensus" if any(sheet.role is Role.CONSENSUS for sheet in self.sheets) else "individual"

    @property
    def own_sheets(self) -> tuple[AnswerSheet, ...]:
        """Staff, leaders or the consensus sheet: everybody but customers."""
        return tuple(sheet for sheet in self.sheets if sheet.role is not Role.CUSTOMER)

    @property
    def customer_sheets(self) -> tuple[AnswerSheet, ...]:
        return tuple(sheet for sheet in self.sheets if sheet.role is Role.CUSTOMER)
