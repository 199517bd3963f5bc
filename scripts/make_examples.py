"""Writes the example responses files in `examples/`, always the same: invented people, no real team.

`mesa-de-ayuda.csv` and `mesa-de-ayuda-anterior.csv` are two rounds of one team, for a first plan; `equipos.csv` holds
the kinds of team that a plan must serve well: small, large, poor, excellent, divided, agreed by consensus, long texts.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from assessment.catalogue.catalogue import load_questionnaire
from assessment.domain.questionnaire import Questionnaire

FOLDER = Path(__file__).parent.parent / "examples"
DESK = ("contact", "logging", "diagnosis", "resolution", "updates", "closing")
LONG = ("contact", "espera-en-la-linea-telefonica-de-atencion", "diagnosis", "resolution", "updates", "closing")


@dataclass(frozen=True)
class Team:
    """How an invented team tends to answer: a mean per pillar, how far people differ, a mean step per point."""

    name: str
    people: int
    pillars: Mapping[str, float]
    points: Mapping[str, float]
    spread: float = 0.7
    focus: Sequence[str] = ()
    leaders: int = 0
    customers: int = 0
    divided: frozenset[str] = field(default_factory=frozenset)
    dont_know: float = 0.02
    codes: bool = False
    consensus: bool = False


def _rows(team: Team, questionnaire: Questionnaire, points: Sequence[str], chance: random.Random) -> list[list[str]]:
    rows = []
    for number in range(1, team.people + 1):
        role = "consensus" if team.consensus else "leader" if number <= team.leaders else "staff"
        lean = chance.gauss(0, 0.25)
        cells = [team.name, role, f"{number:02d}" if team.codes else ""]
        for pillar in questionnaire.pillars:
            centre = team.pillars[pillar.id]
            if pillar.id in team.divided:
                centre += 1.3 if number % 2 else -1.3
            for _ in pillar.items:
                unknown = chance.random() < team.dont_know * (6 if pillar.id == "recruitment" else 1)
                answer = round(chance.gauss(centre + lean, team.spread))
                cells.append("NS" if unknown and not team.consensus else str(min(5, max(1, answer))))
        for point in points:
            step = round(chance.gauss(team.points[point], 0.9)) if point in team.points else None
            cells.append("" if step is None else str(min(6, max(1, step))))
        weights = [3.0 if pillar.id in team.focus else 0.5 for pillar in questionnaire.pillars]
        chosen: list[str] = []
        while len(chosen) < 3:
            pick = chance.choices([pillar.id for pillar in questionnaire.pillars], weights)[0]
            if pick not in chosen:
                chosen.append(pick)
        rows.append([*cells, ";".join(chosen)])
    for _ in range(team.customers):
        cells = [team.name, "customer", "", *([""] * len(questionnaire.items))]
        for point in points:
            step = round(chance.gauss(team.points[point] - 0.6, 1.0)) if point in team.points else None
            cells.append("" if step is None else str(min(6, max(1, step))))
        rows.append([*cells, ""])
    return rows


def _write(name: str, teams: Sequence[Team], points: Sequence[str], seed: int) -> None:
    questionnaire = load_questionnaire()
    chance = random.Random(seed)  # noqa: S311 - invented answers, no secret
    header = [
        "team", "role", "respondent", *(item.id for item in questionnaire.items),
        *(f"ladder:{point}" for point in points), "focus",
    ]  # fmt: skip
    with (FOLDER / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\n")
        writer.writerow(header)
        for team in teams:
            writer.writerows(_rows(team, questionnaire, points, chance))


def _pillars(base: float, **others: float) -> dict[str, float]:
    ids = [pillar.id for pillar in load_questionnaire().pillars]
    return {id_: others.get(id_.replace("-", "_"), base) for id_ in ids}


def _steps(base: float, points: Sequence[str] = DESK, **others: float) -> dict[str, float]:
    return {point: others.get(point, base) for point in points}


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    before = Team(
        "Mesa de ayuda", 13, leaders=5, codes=True, focus=("voice", "communication"),
        pillars=_pillars(
            3.35, voice=2.0, communication=2.6, role_modelling=3.2, language=2.7, recovery=3.1, measures=2.8
        ),
        points=_steps(3.4, contact=3.2, updates=2.2, resolution=3.8),
    )  # fmt: skip
    now = Team(
        "Mesa de ayuda", 14, leaders=5, customers=18, codes=True, focus=("voice", "communication"),
        divided=frozenset({"communication"}),
        pillars=_pillars(
            3.4, voice=2.2, communication=2.7, role_modelling=4.1, language=3.6, recovery=3.0, measures=2.8
        ),
        points=_steps(3.5, contact=4.0, updates=2.3, resolution=4.0),
    )  # fmt: skip
    _write("mesa-de-ayuda-anterior.csv", [before], DESK, 11)
    _write("mesa-de-ayuda.csv", [now], DESK, 23)
    long_name = "Coordinación interdepartamental de atención y acompañamiento a usuarios de la región Centro-Occidente"
    _write(
        "equipos.csv",
        [
            Team(
                "Panadería San Telmo", 6, focus=("recovery",),
                pillars=_pillars(3.1, recovery=2.2), points=_steps(3.3),
            ),
            Team(
                "Contact center", 64, leaders=8, customers=40, focus=("measures", "recognition"),
                pillars=_pillars(3.3, measures=2.6, recognition=2.5, vision=3.9), points=_steps(3.4, updates=2.6),
            ),
            Team(
                "Ventanilla única", 16, focus=("recovery", "voice"), spread=0.8, dont_know=0.06,
                pillars=_pillars(1.9, role_modelling=2.4), points=_steps(2.3, updates=1.4),
            ),
            Team(
                "Posada La Ceiba", 11, focus=("language", "voice"), spread=0.45,
                pillars=_pillars(4.7, language=4.95, measures=4.4), points=_steps(4.9, closing=4.2),
            ),
            Team(
                "Taller Norte", 14, focus=("role-modelling",), pillars=_pillars(3.0), points=_steps(3.4), spread=1.2,
                divided=frozenset({"role-modelling", "recognition", "language", "vision"}),
            ),
            Team(
                "Consultorio Vida", 1, consensus=True,
                pillars=_pillars(3.2, voice=2, orientation=2), points=_steps(3.6, updates=2.4),
            ),
            Team(long_name, 12, pillars=_pillars(2.8), points=_steps(3.1, LONG, updates=2.2), focus=("orientation",)),
        ],
        (*DESK, LONG[1]),
        37,
    )  # fmt: skip


if __name__ == "__main__":
    main()
