"""Scoring: the exact permutation test, a large file, and the command with its start."""

from __future__ import annotations

import csv
import random
import sys
import tempfile
from fractions import Fraction
from pathlib import Path

from assessment.catalogue.catalogue import load_questionnaire
from assessment.domain.permutation import two_sample_p
from assessment.services.score_responses import read_files, score_files
from bench.timing import Row, command_seconds, seconds

ESCALA = [sys.executable, "-m", "assessment.cli"]


def _write(path: Path, teams: int, people: int) -> None:
    chance = random.Random(1)  # noqa: S311 - invented answers
    questionnaire = load_questionnaire()
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        points = ["contact", "diagnosis", "resolution", "closing"]
        pillars = [pillar.id for pillar in questionnaire.pillars]
        writer.writerow(["team", *(item.id for item in questionnaire.items), *(f"ladder:{p}" for p in points), "focus"])
        for team in range(teams):
            for _ in range(people):
                lean = chance.gauss(3, 0.6)
                items = [min(5, max(1, round(chance.gauss(lean, 0.9)))) for _ in questionnaire.items]
                steps = [chance.randint(1, 6) for _ in points]
                writer.writerow([f"Team {team}", *items, *steps, ";".join(chance.sample(pillars, 3))])


def rows() -> list[Row]:
    chance = random.Random(2)  # noqa: S311 - invented answers
    groups = [
        [Fraction(sum(chance.choices(range(1, 6), k=k)), k) for k in chance.choices((4, 4, 3), k=50)] for _ in "ab"
    ]
    permutation = seconds(lambda: two_sample_p(*groups), runs=15)
    with tempfile.TemporaryDirectory() as folder:
        small, large, many = (Path(folder) / name for name in ("small.csv", "large.csv", "many.csv"))
        _write(small, 1, 50)
        _write(large, 1, 10_000)
        _write(many, 100, 100)
        nothing = command_seconds([sys.executable, "-c", "pass"], runs=15)
        help_ = command_seconds([*ESCALA, "--help"], runs=15)
        score = command_seconds([*ESCALA, "score", str(small)])
        one_team = seconds(lambda: score_files(read_files(large)), runs=1)
        hundred_teams = seconds(lambda: score_files(read_files(many)), runs=1)
    return [
        Row("Exact permutation test, two groups of 50", f"{1000 * permutation:.1f} ms", "about 10 ms"),
        Row("`escala score`, 50 rows, start included", f"{score:.2f} s", "about 1 s"),
        Row("`escala --help` / `python -c pass`", f"{help_ / nothing:.1f}", "at most 5"),
        Row("10,000 respondents, one team: read and scored", f"{one_team:.1f} s", "a few seconds"),
        Row("10,000 respondents, 100 teams: read and scored", f"{hundred_teams:.1f} s", "a few seconds"),
    ]
