"""Reading and scoring a file, and the one before it."""

from __future__ import annotations

from pathlib import Path

import pytest

from assessment.catalogue.catalogue import UnknownQuestionnaire
from assessment.intake.problems import InvalidFile
from assessment.services.score_responses import read_files, score_files
from tests.services.files import people, save


def test_each_team_is_told_of_as_it_is_done(tmp_path: Path) -> None:
    path = save(tmp_path / "a.csv", [*people([3] * 5, team="B"), *people([3] * 5, team="A"), *people([3], team="C")])
    scored: list[str] = []
    result = score_files(read_files(path), on_team=scored.append)
    assert scored == [team.team for team in result.teams] == ["B", "A", "C"]


def test_an_unknown_questionnaire_is_told_before_the_file_is_opened(tmp_path: Path) -> None:
    with pytest.raises(UnknownQuestionnaire) as caught:
        read_files(tmp_path / "nothing.csv", questionnaires=["nothing"])
    assert caught.value.id == "nothing"


@pytest.mark.parametrize("is_previous", [False, True])
def test_a_file_that_is_not_there_is_told_by_its_name(is_previous: bool, tmp_path: Path) -> None:
    there, missing = save(tmp_path / "a.csv", people([3] * 5)), tmp_path / "nothing.csv"
    with pytest.raises(InvalidFile) as caught:
        read_files(*((there,) if is_previous else (missing,)), previous=missing if is_previous else None)
    assert caught.value.file == str(missing)


def test_a_team_is_compared_with_the_team_of_its_name_in_the_previous_file(tmp_path: Path) -> None:
    now = save(tmp_path / "now.csv", [*people([3, 4] * 4, team="Old"), *people([3, 4] * 4, team="New")])
    before = save(tmp_path / "before.csv", [*people([2, 3] * 4, team="Old"), *people([5] * 8, team="Gone")])
    old, new = score_files(read_files(now, previous=before)).teams
    assert {change.difference for change in old.change} == {1.0}
    assert {(change.n1, change.n2, change.label) for change in new.change} == {(0, 8, "withheld")}


def test_the_same_files_give_the_same_result(tmp_path: Path) -> None:
    now, before = (
        save(tmp_path / "now.csv", people([3, 4, 2] * 4)),
        save(tmp_path / "before.csv", people([2, 3, 3] * 4)),
    )
    first, second = (score_files(read_files(now, previous=before)) for _ in range(2))
    assert first == second


def test_notes_are_those_of_both_files(tmp_path: Path) -> None:
    path = save(tmp_path / "a.csv", people([3] * 5))
    files = read_files(path, previous=path)
    assert len(files.notes) == 2 * len(read_files(path).notes) > 0
