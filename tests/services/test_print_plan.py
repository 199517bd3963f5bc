"""From a file to what a plan is made of: the right team, released for sharing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import pytest

from assessment.infra.languages import Localisation
from assessment.intake.responses import UnknownTeamInFile
from assessment.services.print_plan import PrintOptions, TooFewAnswers, plan_source
from assessment.services.score_responses import read_files
from reports.action_plan.source import PlanSource
from tests.services.files import PILLARS, Person, people, save

DAY = dt.date(2026, 11, 23)
SPANISH, ENGLISH = Localisation("es"), Localisation("en")


@pytest.fixture
def source_of(tmp_path: Path):
    """The source of a team's plan from the rows of one file or two."""

    def build(
        rows: Sequence[Person], before: Sequence[Person] = (), points: Sequence[str] = (), *,
        reader: Localisation = SPANISH, team: str = "Soporte", minimum_group: int = 5,
    ) -> PlanSource:  # fmt: skip
        previous = save(tmp_path / "before.csv", before, points) if before else None
        files = read_files(save(tmp_path / "now.csv", rows, points), previous=previous)
        return plan_source(files, team, reader, PrintOptions(printed_on=DAY, minimum_group=minimum_group))

    return build


def test_a_team_that_the_file_lacks_is_refused_with_those_that_it_has(source_of) -> None:
    with pytest.raises(UnknownTeamInFile) as caught:
        source_of([*people([3] * 5), *people([3] * 5, team="Ventas")], team="Compras")
    assert (caught.value.team, caught.value.known) == ("Compras", ("Soporte", "Ventas"))


@pytest.mark.parametrize(("people_", "minimum_group"), [(4, 5), (9, 10)])
def test_a_team_under_the_minimum_gets_no_plan(people_: int, minimum_group: int, source_of) -> None:
    with pytest.raises(TooFewAnswers) as caught:
        source_of(people([3] * people_), minimum_group=minimum_group)
    assert (caught.value.scored, caught.value.minimum_group) == (people_, minimum_group)


def test_only_scored_people_count_towards_the_minimum(source_of) -> None:
    nearly_empty = Person("", {"voice": 3})
    with pytest.raises(TooFewAnswers) as caught:
        source_of([*people([3] * 4), nearly_empty])
    assert caught.value.scored == 4
    assert source_of([*people([3] * 5), nearly_empty]).result.scored == 5


def test_one_sheet_of_agreed_answers_is_enough(source_of) -> None:
    source = source_of([Person(3, {"voice": 2}, role="consensus")])
    assert source.plan.pillars[0].result.pillar == "voice"


def test_what_is_printed_is_released_for_sharing(source_of) -> None:
    source = source_of(people([3, 4] * 6, others={"voice": 5, "language": 1}))
    voice, language = source.result.pillar("voice"), source.result.pillar("language")
    assert (voice.mean, voice.ci95, language.mean, language.ci95) == (4.8, None, 1.2, None)
    assert source.plan.pillars[0].result == language


def rounds(left: str = "", joined: str = "") -> tuple[list[Person], list[Person]]:
    stayed = "abcdefgh"
    before = [Person(2 + at % 2, code=code) for at, code in enumerate(stayed + left)]
    return [Person(3 + at % 2, code=code) for at, code in enumerate(stayed + joined)], before


@pytest.mark.parametrize(
    ("left", "joined", "is_linked"),
    [
        ("", "", True),
        ("x", "", False),
        ("", "y", False),
        ("xw", "yz", False),
        ("xw", "yzv", False),
        ("xw", "yzvut", True),
    ],
)
def test_a_plan_compares_linked_people_only_where_nobody_or_five_joined_or_left(left, joined, is_linked, source_of):
    now, before = rounds(left, joined)
    changes = source_of(now, before).result.change
    assert {change.linked for change in changes} == {is_linked}
    assert {(change.n1, change.n2) for change in changes} == ({(8, 8)} if is_linked else {(len(before), len(now))})


def test_the_due_dates_count_from_the_day_of_the_plan(source_of) -> None:
    source = source_of(people([3, 2] * 6))
    assert source.plan.drawn_on == source.printed_on == DAY
    assert all(7 <= (action.due_on - DAY).days <= 92 for action in source.plan.actions)


def test_a_point_of_a_template_has_its_name_and_a_teams_own_is_written_as_words(source_of) -> None:
    points = ["contact", "entrega-a-domicilio"]
    rows = people([3, 4] * 4, ladder={"contact": 3, "entrega-a-domicilio": 4})
    names = source_of(rows, points=points).point_names
    assert names == {"contact": "Contacto", "entrega-a-domicilio": "Entrega a domicilio"}
    assert source_of(rows, points=points, reader=ENGLISH).point_names["contact"] == "Contact"


def test_a_plan_has_all_pillars_and_no_other_team(source_of) -> None:
    source = source_of([*people([3, 4] * 4), *people([1] * 8, team="Ventas")])
    assert [pillar.pillar for pillar in source.result.pillars] == list(PILLARS)
    assert (source.result.team, source.plan.team, source.result.respondents) == ("Soporte", "Soporte", 8)
