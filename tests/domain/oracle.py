"""The oracle's data as this product's own objects: two pillars of four items, two perception points, three teams."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

from assessment.domain.answers import AnswerSheet, Role, TeamAnswers
from assessment.domain.questionnaire import Item, Pillar, Questionnaire, Text
from tests.domain.build import build_questionnaire

FOLDER = Path(__file__).parent.parent / "oracle"
EXPECTED: dict[str, Any] = json.loads((FOLDER / "expected.json").read_text("utf-8"))
PUBLISHED: dict[str, Any] = json.loads((FOLDER / "published.json").read_text("utf-8"))
QUANTILES: dict[str, Any] = json.loads((FOLDER / "quantiles.json").read_text("utf-8"))

ITEMS = [f"i{number}" for number in range(1, 9)]
POINTS = ("ladder1", "ladder2")


def questionnaire() -> Questionnaire:
    pillars = tuple(
        Pillar(
            name,
            Text(name, name),
            Text(name, name),
            Text(name, name),
            tuple(Item(item, Text(item, item)) for item in items),
        )
        for name, items in (("P1", ITEMS[:4]), ("P2", ITEMS[4:]))
    )
    return build_questionnaire(pillars=pillars)


def _rows() -> list[dict[str, str]]:
    with (FOLDER / "oracle.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def sheet(row: dict[str, str]) -> AnswerSheet:
    items = {name: int(row[name]) for name in ITEMS if row[name]}
    if "i8" in items:
        items["i8"] = 6 - items["i8"]
    return AnswerSheet(
        role=Role(row["role"]),
        items=dict(items),
        ladder={point: int(row[point]) for point in POINTS if row[point]},
        respondent=row["person"],
    )


def team(round_number: int, name: str) -> TeamAnswers:
    rows = [row for row in _rows() if row["round"] == str(round_number) and row["team"] == name]
    return TeamAnswers(name, POINTS, tuple(sheet(row) for row in rows), asked_focus=False)


def teams(round_number: int) -> list[TeamAnswers]:
    return [team(round_number, name) for name in "ABC"]


def customers() -> tuple[AnswerSheet, ...]:
    with (FOLDER / "customers.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            AnswerSheet(role=Role.CUSTOMER, ladder={point: int(row[point]) for point in POINTS if row[point]})
            for row in csv.DictReader(file)
        )
