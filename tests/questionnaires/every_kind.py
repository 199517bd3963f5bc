"""The example questionnaire with every kind of section, and responses files to it."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

from assessment.catalogue.catalogue import read_questionnaire
from assessment.domain.questionnaire import Questionnaire

FILE = Path(__file__).parent / "every-kind" / "v1.yaml"
LEARNING = ("nothing", "lip-service", "trainers", "educators")


def every_kind() -> Questionnaire:
    return read_questionnaire(FILE)


def person(value: int = 4, **cells: str) -> dict[str, str]:
    """A row that answers `value` of 7 to the pillars, the middle to all else; `cells` replace or add to it.

    Columns with hyphens are given with underscores: `warmth_1`.
    """
    asked = every_kind()
    row = {"team": "Mesa", "ladder:contact": "3", "ladder:closing": "4", "learning": "trainers", "focus": "warmth"}
    for section in asked.all_sections:
        for column in section.column_ids:
            row.setdefault(column, "")
    row |= {item.id: str(value) for item in asked.items}
    row |= dict.fromkeys(("tracking-1", "tracking-2", "escalation-1", "meetings-rubric"), "2")
    return row | {name.replace("_", "-"): cell for name, cell in cells.items()}


def save(path: Path, rows: Sequence[Mapping[str, str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path
