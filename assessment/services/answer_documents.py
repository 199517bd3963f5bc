"""Converts answer sheets to the JSON documents in the database, and back."""

from __future__ import annotations

from typing import Any

from assessment.domain.answers import DK, Answer, AnswerSheet, Role
from assessment.domain.plain_text import plain_text

DONT_KNOW = "DK"


def document_from_sheet(sheet: AnswerSheet) -> dict[str, Any]:
    """`{"role", "items", "ladder", "focus", "comment"}`; "I don't know" is "DK", skipped questions are absent.

    `choices` and `texts` are there only where something of that kind was answered. Questions are sorted, so that the
    order in which somebody answered them is not stored. Nor is a respondent's code: who sends adds its fingerprint.
    """
    further = {
        "choices": dict(sorted(sheet.choices.items())),
        "texts": {section: plain_text(words) for section, words in sorted(sheet.texts.items())},
    }
    return {
        "role": sheet.role.value,
        "items": {question: write_answer(answer) for question, answer in sorted(sheet.items.items())},
        "ladder": {point: write_answer(answer) for point, answer in sorted(sheet.ladder.items())},
        "focus": sorted(sheet.focus),
        "comment": plain_text(sheet.comment),
        **{part: answers for part, answers in further.items() if answers},
    }


def sheet_from_document(document: dict[str, Any]) -> AnswerSheet:
    return AnswerSheet(
        role=Role(document.get("role", Role.STAFF)),
        items={question: read_answer(answer) for question, answer in document.get("items", {}).items()},
        ladder={point: read_answer(answer) for point, answer in document.get("ladder", {}).items()},
        focus=tuple(document.get("focus", ())),
        comment=document.get("comment", ""),
        choices=document.get("choices", {}),
        texts=document.get("texts", {}),
        respondent=document.get("respondent"),
    )


def write_answer(answer: Answer) -> int | str:
    """An answer as documents and forms have it."""
    return answer if isinstance(answer, int) else DONT_KNOW


def read_answer(value: int | str) -> Answer:
    """The answer behind such a value."""
    return DK if value == DONT_KNOW else int(value)
