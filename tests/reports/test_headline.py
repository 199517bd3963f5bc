"""The sentence that a manager repeats: in a second round it says first what changed."""

from __future__ import annotations

import datetime as dt

import pytest

from assessment.infra.languages import localisation
from reports.action_plan.headline import Standing, headline, level_meaning

ENGLISH, SPANISH = localisation("en-US"), localisation("es-CO")
MAY, NOVEMBER = dt.date(2026, 5, 20), dt.date(2026, 11, 3)


def standing(*labels: str, overall: str | None = "unclear", **more: object) -> Standing:
    facts: dict[str, object] = {"earlier_on": MAY, "now_on": NOVEMBER} | more
    return Standing(3, 12, labels, overall, **facts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("found", "english", "spanish"),
    [
        (standing("unclear", "same"), "No clear change since May; our", "Sin cambio claro desde mayo; nuestra"),
        (
            standing("improved", "same", "withheld"),
            "Up in 1 of 2 pillars since May;",
            "Subió en 1 de 2 pilares desde mayo;",
        ),
        (standing("worse", "same"), "Down in 1 of 2 pillars since May;", "Bajó en 1 de 2 pilares desde mayo;"),
        (standing("improved", "worse", "same"), "Up in 1 and down in 1 of 3", "Subió en 1 y bajó en 1 de 3"),
        (
            standing("unclear", overall="improved"),
            "Up overall since May, though",
            "Subió en general desde mayo, aunque",
        ),
        (standing("unclear", overall="worse"), "Down overall since May, though", "Bajó en general desde mayo, aunque"),
        (
            standing("unclear", has_moved_point=True),
            "No clear change in the pillars since",
            "Sin cambio claro en los pilares",
        ),
        (standing("same", earlier_on=dt.date(2025, 5, 2)), "since May 2025;", "desde mayo de 2025;"),
        (
            standing("same", earlier_on=dt.date(2026, 11, 1)),
            "since the round of Nov",
            "desde la ronda del 1 de noviembre",
        ),
        (standing("same", earlier_on=None), "since the previous round;", "desde la ronda anterior;"),
    ],
)
def test_the_change_comes_first(found: Standing, english: str, spanish: str) -> None:
    assert english in headline(found, ENGLISH)
    assert spanish in headline(found, SPANISH)
    assert headline(found, ENGLISH).endswith("our service culture is at the level “Practiced”")
    assert level_meaning(found, ENGLISH).startswith("“Practiced” means: its habits")


@pytest.mark.parametrize("labels", [(), ("withheld", "withheld")])
def test_without_a_change_that_is_shown_it_says_where_the_team_stands(labels: tuple[str, ...]) -> None:
    found = standing(*labels, overall=None)
    assert headline(found, ENGLISH).startswith("Our service culture is at the level “Practiced”: its habits")
    assert level_meaning(found, ENGLISH) == ""


def test_of_few_answers_the_level_is_only_probable() -> None:
    assert "is probably at the level" in headline(Standing(3, 7, ("unclear",), "unclear"), ENGLISH)
    assert "probablemente está en el nivel" in headline(Standing(3, 7, ("unclear",), "unclear"), SPANISH)
