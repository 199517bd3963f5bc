"""A questionnaire on paper: its questions in the order and with the numbers in which they are printed, the keys that
stand for each answer, and the answers that come of them.

Printed sheets and the page where they are typed are both made of these blocks, so that they cannot differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from assessment.domain.answers import Role
from assessment.domain.texts import NO_TEXT, Text

DONT_KNOW = "DK"
"""“I don't know”, as documents have it."""
DONT_KNOW_KEYS = ("0", "n", "?")
LETTERS = "abcdefghijklmnopqrstuvwxyz"


class NotAnAnswer(ValueError):
    """What was typed is none of the answers to a question."""


@dataclass(frozen=True, slots=True)
class PaperOption:
    """One answer: what is typed for it, how documents have it, its words, and what it means where that is said."""

    key: str
    value: int | str
    text: Text
    meaning: Text = NO_TEXT


@dataclass(frozen=True, slots=True)
class PaperQuestion:
    """One question on paper. `part` and `id` say where an answer document holds its answer.

    Of its `options` up to `at_most` are marked; without any, words are written. A question is `number`ed where it has
    a row of its own on the sheet.
    """

    part: str
    id: str
    text: Text
    options: tuple[PaperOption, ...] = ()
    at_most: int = 1
    has_dont_know: bool = False
    number: int = 0

    @property
    def name(self) -> str:
        """Unique on a sheet."""
        return f"{self.part}-{self.id}"

    @property
    def is_words(self) -> bool:
        return not self.options

    @property
    def keys(self) -> dict[str, int | str]:
        """What may be typed for one answer, and how documents have it."""
        keys: dict[str, int | str] = {option.key: option.value for option in self.options}
        return keys | dict.fromkeys(DONT_KNOW_KEYS, DONT_KNOW) if self.has_dont_know else keys

    def read(self, typed: str) -> Any:
        """The answer that was typed; `None` where nothing was. Raises `NotAnAnswer`."""
        if self.is_words:
            return typed or None
        word = typed.strip().casefold()
        if not word:
            return None
        if self.at_most == 1:
            if word not in self.keys:
                raise NotAnAnswer(typed)
            return self.keys[word]
        letters = self.letters_of(word)
        if len(letters) > self.at_most or not letters <= self.keys.keys():
            raise NotAnAnswer(typed)
        return sorted(str(self.keys[letter]) for letter in letters)

    @staticmethod
    def letters_of(typed: str) -> set[str]:
        """The letters that were typed where several answers may be marked, without what stands between them."""
        return set(typed.strip().casefold()) - set(" ,;.-/")

    def typed(self, answer: Any) -> str:
        """What is typed for an answer."""
        if answer is None:
            return ""
        if self.is_words:
            return str(answer)
        keys: dict[int | str, str] = {}
        for key, value in self.keys.items():
            keys.setdefault(value, key)
        return "".join(sorted(keys[one] for one in answer)) if self.at_most > 1 else keys[answer]

    def answer_in(self, document: Mapping[str, Any]) -> Any:
        """The answer that a document holds; `None` where there is none."""
        if self.part in WHOLE_PARTS:
            return document.get(self.part) or None
        return document.get(self.part, {}).get(self.id)

    def put(self, document: dict[str, Any], answer: Any) -> None:
        """Writes an answer into a document; `None` takes it out."""
        if self.part in WHOLE_PARTS:
            document[self.part] = answer
        else:
            document.setdefault(self.part, {})[self.id] = answer
            document[self.part] = {id_: one for id_, one in document[self.part].items() if one is not None}
        if not document[self.part]:
            del document[self.part]


WHOLE_PARTS = frozenset({"role", "focus", "comment"})
"""Parts of a document that hold one answer, not one for each question."""


@dataclass(frozen=True, slots=True)
class PaperBlock:
    """Questions that stand together: under a `title`, and asked with one `question` where they share it.

    They share their options too, and are rows below those, unless they `describe` what each option means.
    """

    questions: tuple[PaperQuestion, ...]
    title: Text = NO_TEXT
    question: Text = NO_TEXT
    dont_know: Text = NO_TEXT
    describes: bool = False

    @property
    def is_words(self) -> bool:
        return all(question.is_words for question in self.questions)

    @property
    def is_rows(self) -> bool:
        return not self.describes and all(question.has_dont_know for question in self.questions)


ROLE = PaperQuestion(
    "role",
    "role",
    NO_TEXT,
    (PaperOption("1", Role.STAFF.value, NO_TEXT), PaperOption("2", Role.LEADER.value, NO_TEXT)),
)
"""Part of the team, or who leads it; the interface has its words."""


def numbered(blocks: Iterable[PaperBlock]) -> tuple[PaperBlock, ...]:
    """The blocks with their rows numbered through the sheet: every question of which one answer is marked."""
    number = 0
    result = []
    for block in blocks:
        questions = []
        for question in block.questions:
            if question.part in ("items", "ladder"):
                number += 1
                question = replace(question, number=number)  # noqa: PLW2901
            questions.append(question)
        result.append(replace(block, questions=tuple(questions)))
    return tuple(result)


def questions_of(blocks: Iterable[PaperBlock]) -> tuple[PaperQuestion, ...]:
    return tuple(question for block in blocks for question in block.questions)


def count_answers(questions: Iterable[PaperQuestion], document: Mapping[str, Any]) -> int:
    """How many of the questions have an answer in a document."""
    return sum(question.answer_in(document) is not None for question in questions)


def is_sparse(questions: Sequence[PaperQuestion], document: Mapping[str, Any]) -> bool:
    """Whether fewer than half of the questions have an answer: rather an oversight than a sheet."""
    return 2 * count_answers(questions, document) < len(questions)


def differences(
    questions: Sequence[PaperQuestion], first: Mapping[str, Any], second: Mapping[str, Any]
) -> tuple[PaperQuestion, ...]:
    """The questions to which two typings of one sheet have different answers."""
    return tuple(question for question in questions if question.answer_in(first) != question.answer_in(second))


def lettered(options: Iterable[tuple[str, Text]]) -> tuple[PaperOption, ...]:
    """Options by letters, in their order: (id, words) → a, b, c, …"""
    return tuple(PaperOption(letter, id_, text) for letter, (id_, text) in zip(LETTERS, options, strict=False))
