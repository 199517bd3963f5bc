"""`escala score`: results on stdout, and how the file was read on stderr."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assessment.services.result_document import result_document
from assessment.services.score_responses import read_files, score_files
from tests.cli.conftest import Answer, Escala
from tests.services.files import PILLARS, Person, people, save


def team_of(answer: Answer) -> dict[str, Any]:
    assert answer.code == 0
    team: dict[str, Any]
    (team,) = json.loads(answer.out)["teams"]
    return team


def test_the_result_is_json_by_default_and_that_of_the_service(support: Path, escala: Escala) -> None:
    files = read_files(support)
    expected = json.loads(json.dumps(result_document(score_files(files), files.questionnaire)))
    answer = escala("score", support)
    assert json.loads(answer.out) == expected
    assert escala("score", support, "--format", "json").out == answer.out


@pytest.mark.parametrize("locale", ["es-CO", "en-US"])
def test_json_is_the_same_in_every_language(locale: str, support: Path, escala: Escala) -> None:
    assert escala("score", support, locale=locale).out == escala("score", support).out


def test_nothing_is_guessed_silently(support: Path, escala: Escala) -> None:
    text = support.read_text("utf-8").replace(
        "voice-1", "El equipo pregunta a los clientes cómo les fue con el servicio."
    )
    support.write_bytes(text.replace(",", ";").encode("cp1252"))
    answer = escala("score", support)
    assert answer.code == 0
    assert all(line.startswith(f"{support}: ") for line in answer.messages)
    for words in ("“;”", "Windows-1252", "voice-1", "“contact”, “closing”"):
        assert words in answer.err


def test_the_table_describes_each_pillar_and_point_in_words(support: Path, escala: Escala) -> None:
    out = escala("score", support, "--format", "table").out
    assert "Voice of the customer" in out
    assert "Probably practised" in out
    assert "Expected  ← the weakest" in out
    assert "Proposed priorities: " in out
    spanish = escala("score", support, "--format", "table", locale="es").out
    assert "Voz del cliente" in spanish
    assert "← el más débil" in spanish


def test_the_table_says_which_pillars_are_level_and_why_nothing_is_proposed(tmp_path: Path, escala: Escala) -> None:
    level = escala("score", save(tmp_path / "a.csv", people([3] * 8)), "--format", "table").out
    assert "and 7 more. Between them the choice is yours." in level
    near = escala("score", save(tmp_path / "b.csv", people([4] * 8)), "--format", "table").out
    assert "No priorities are proposed: no pillar is 0.3 or more below its target." in near
    one = [Person(4, {"voice": 2, "vision": 3}) for _ in range(8)]
    assert "Level" not in escala("score", save(tmp_path / "c.csv", one), "--format", "table").out


def test_a_withheld_team_is_reported_and_the_others_are_scored(tmp_path: Path, escala: Escala) -> None:
    path = save(tmp_path / "a.csv", [*people([3] * 4, team="Small"), *people([3] * 5, team="Large")])
    small, large = json.loads(escala("score", path).out)["teams"]
    assert small == {"team": "Small", "respondents": 4, "withheld": True}
    assert large["withheld"] is False
    assert "Withheld: 4 scored, fewer than the minimum of 5." in escala("score", path, "--format", "table").out


@pytest.mark.parametrize(("minimum", "is_withheld"), [(1, False), (8, False), (9, True)])
def test_the_minimum_group_is_what_its_user_says(
    minimum: int, is_withheld: bool, support: Path, escala: Escala
) -> None:
    document = json.loads(escala("score", support, "--minimum-group", minimum).out)
    assert (document["minimum_group"], document["teams"][0]["withheld"]) == (minimum, is_withheld)


def test_the_previous_round_says_what_changed(support: Path, tmp_path: Path, escala: Escala) -> None:
    before = save(tmp_path / "before.csv", people([2, 3, 1, 2] * 2, ladder={"contact": 2}), ["contact"])
    team = team_of(escala("score", support, "--previous", before))
    assert {entry["difference"] for entry in team["change"]} == {1.0}
    contact, closing = team["ladder_change"]
    assert (contact["median1"], contact["median2"]) == (2, 3)
    assert (closing["n1"], closing["n2"], closing["label"]) == (0, 8, "withheld")
    assert team_of(escala("score", support))["change"] == []


def test_the_previous_file_is_read_as_strictly(support: Path, tmp_path: Path, escala: Escala) -> None:
    before = save(tmp_path / "before.csv", people([9] * 5))
    answer = escala("score", support, "--previous", before)
    assert answer.code == 2
    assert answer.messages[0].startswith(f"{before}: Line 2, column D (“language-1”)")


def test_another_questionnaire_can_be_scored(tmp_path: Path, escala: Escala) -> None:
    header = ["team", *(f"{pillar}-rubric" for pillar in PILLARS)]
    lines = [header] + [["Soporte", *["3"] * 12] for _ in range(5)]
    path = tmp_path / "rubrics.csv"
    path.write_text("\n".join(",".join(line) for line in lines), encoding="utf-8")
    answer = escala("score", path, "--questionnaire", "service-culture-rubrics")
    assert json.loads(answer.out)["questionnaire"]["id"] == "service-culture-rubrics"
    assert team_of(answer)["overall"]["mean"] == 3.0


def test_unknown_columns_are_left_out_only_when_asked(support: Path, escala: Escala) -> None:
    lines = support.read_text("utf-8").splitlines()
    support.write_text("\n".join([f"{lines[0]},Puesto", *(f"{line},caja" for line in lines[1:])]), encoding="utf-8")
    refused = escala("score", support)
    assert refused.code == 2
    assert "(“Puesto”)" in refused.err
    assert "--ignore-unknown" in refused.err
    accepted = escala("score", support, "--ignore-unknown")
    assert accepted.code == 0
    assert "“Puesto”" in accepted.err


def test_agreed_answers_are_scored_without_statistics(tmp_path: Path, escala: Escala) -> None:
    path = save(tmp_path / "a.csv", [Person(4, {"voice": 2}, role="consensus")])
    team = team_of(escala("score", path))
    assert (team["mode"], team["overall"]["sd"]) == ("consensus", None)
    table = escala("score", path, "--format", "table").out
    assert "Voice of the customer" in table
    assert "Probably" not in table


def test_nothing_but_the_result_goes_to_stdout(support: Path, escala: Escala) -> None:
    answer = escala("score", support)
    json.loads(answer.out)
    assert answer.err
    assert answer.out.endswith("}\n")
