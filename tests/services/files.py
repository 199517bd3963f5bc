"""Responses files to the shipped questionnaire, built in code."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from assessment.catalogue.catalogue import load_questionnaire

PILLARS = tuple(pillar.id for pillar in load_questionnaire().pillars)
ITEMS = tuple(item.id for item in load_questionnaire().items)
Answer = int | str


@dataclass(frozen=True)
class Person:
    """One row: `answer` to all items, but for the pillars or single items that `others` names."""

    answer: Answer = 3
    others: Mapping[str, Answer] = field(default_factory=dict)
    team: str = "Soporte"
    role: str = ""
    code: str = ""
    ladder: Mapping[str, Answer] = field(default_factory=dict)
    focus: str = ""
    comment: str = ""

    def cell(self, column: str) -> str:
        if column.startswith("ladder:"):
            return str(self.ladder.get(column.removeprefix("ladder:"), ""))
        if column in ITEMS:
            return str(self.others.get(column, self.others.get(column.rpartition("-")[0], self.answer)))
        fixed = {"team": self.team, "role": self.role, "respondent": self.code, "focus": self.focus}
        return (fixed | {"comment": self.comment})[column]


def people(answers: Iterable[Answer], **each: object) -> list[Person]:
    """A person for each answer."""
    return [Person(answer, **each) for answer in answers]  # type: ignore[arg-type]


def customers(steps: Iterable[int], point: str = "contact", team: str = "Soporte") -> list[Person]:
    return [Person("", team=team, role="customer", ladder={point: step}) for step in steps]


def headers(points: Sequence[str] = ()) -> list[str]:
    return ["team", "role", "respondent", *ITEMS, *(f"ladder:{point}" for point in points), "focus", "comment"]


def save(path: Path, rows: Sequence[Person], points: Sequence[str] = ()) -> Path:
    """The rows as CSV, with a column for each point."""
    columns = headers(points)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows([[row.cell(column) for column in columns] for row in rows])
    return path
