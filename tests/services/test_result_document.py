"""The published shape of a result: the JSON of the contract, key by key."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from assessment.services.result_document import result_document
from assessment.services.score_responses import read_files, score_files
from tests.conftest import ROOT
from tests.services.files import PILLARS, Person, customers, people, save

# The contract's keys; what the product adds to it stands in a set of its own.
TOP = set("schema questionnaire minimum_group teams between_teams reliability".split())
TEAM = set(
    "team mode respondents scored withheld overall pillars ladder weakest_point alarms focus priorities gaps change "
    "ladder_change sections".split()
)
TEAM_ADDED = {"focus_n"}
OVERALL = set("n mean sd ci95 level percent".split())
PILLAR = set(
    "pillar n mean sd ci95 level level_low level_high percent ad_md r_wg_j r_wg_j_skew a_wg agreement dk_share".split()
)
PILLAR_ADDED = {"r_wg_j_star", "answer_counts"}
POINT = set("point n counts median interpolated_median consensus agreement share_low share_high".split())
PRIORITY = set("pillar priority gap focus_share disagreement stability label".split())
LEADERS_STAFF = set("pillar n_leaders n_staff difference ci95 cliffs_delta".split())
LEADERS_STAFF_ADDED = {"label"}
SELF_CUSTOMER = set("point n_self n_customers median_self median_customers cliffs_delta".split())
CHANGE = set("pillar n1 n2 linked difference ci95 ci90 p p_adjusted family hedges_g cliffs_delta label".split())
LADDER_CHANGE = set("point n1 n2 median1 median2 cliffs_delta p label".split())
LADDER_CHANGE_ADDED = {"linked"}
BETWEEN = set("pillar n_by_team msb msw f p icc1 icc2 ranking_allowed".split())
RELIABILITY = set("pillar n alpha feldt95 mean_r omega".split())

Document = dict[str, Any]


def document_of(path: Path, previous: Path | None = None, minimum_group: int = 5) -> Document:
    """The document as who reads the JSON has it."""
    files = read_files(path, previous=previous)
    result = score_files(files, minimum_group=minimum_group)
    document: Document = json.loads(json.dumps(result_document(result, files.questionnaire), allow_nan=False))
    return document


@pytest.fixture(scope="module")
def desk() -> Document:
    return document_of(ROOT / "examples/mesa-de-ayuda.csv", ROOT / "examples/mesa-de-ayuda-anterior.csv")


@pytest.fixture(scope="module")
def teams() -> Document:
    return document_of(ROOT / "examples/equipos.csv")


def keys_of(entries: list[Document]) -> set[str]:
    """The keys of the entries, which all have the same."""
    assert entries
    assert all(entry.keys() == entries[0].keys() for entry in entries)
    return set(entries[0])


def test_the_keys_are_those_of_the_contract(desk: Document, teams: Document) -> None:
    (team,) = desk["teams"]
    assert set(desk) == TOP
    assert set(team) == TEAM | TEAM_ADDED
    assert set(team["overall"]) == OVERALL
    assert keys_of(team["pillars"]) == PILLAR | PILLAR_ADDED
    assert keys_of(team["ladder"]) == POINT
    assert keys_of(team["priorities"]) == PRIORITY
    assert set(team["gaps"]) == {"leaders_staff", "self_customer"}
    assert keys_of(team["gaps"]["leaders_staff"]) == LEADERS_STAFF | LEADERS_STAFF_ADDED
    assert keys_of(team["gaps"]["self_customer"]) == SELF_CUSTOMER
    assert keys_of(team["change"]) == CHANGE
    assert keys_of(team["ladder_change"]) == LADDER_CHANGE | LADDER_CHANGE_ADDED
    assert keys_of(teams["between_teams"]) == BETWEEN
    assert keys_of(teams["reliability"]) == RELIABILITY


def test_the_schema_and_the_questionnaire_with_the_checksum_of_its_file(desk: Document) -> None:
    raw = (ROOT / "questionnaires/service-culture/v1.yaml").read_bytes()
    assert desk["schema"] == "escala.result/1"
    assert desk["questionnaire"] == {
        "id": "service-culture", "version": 1, "checksum": f"sha256:{hashlib.sha256(raw).hexdigest()}",
    }  # fmt: skip
    assert desk["minimum_group"] == 5


def test_pillars_stand_in_the_order_of_the_domain_and_teams_in_that_of_the_file(
    desk: Document, teams: Document
) -> None:
    (team,) = desk["teams"]
    assert [entry["pillar"] for entry in team["pillars"]] == list(PILLARS)
    assert [entry["pillar"] for entry in teams["between_teams"]] == list(PILLARS)
    assert [entry["pillar"] for entry in teams["reliability"]] == list(PILLARS)
    assert {entry["pillar"] for entry in team["change"]} == {*PILLARS, "overall"}
    assert [entry["team"] for entry in teams["teams"]][:3] == [
        "Panadería San Telmo",
        "Contact center",
        "Ventanilla única",
    ]


def test_points_stand_in_the_order_of_the_columns(desk: Document) -> None:
    (team,) = desk["teams"]
    sequence = ["contact", "logging", "diagnosis", "resolution", "updates", "closing"]
    assert [entry["point"] for entry in team["ladder"]] == sequence
    assert [entry["point"] for entry in team["ladder_change"]] == sequence


def test_the_document_is_plain_data_that_survives_json(teams: Document) -> None:
    files = read_files(ROOT / "examples/equipos.csv")
    assert json.dumps(result_document(score_files(files), files.questionnaire)) == json.dumps(teams)


def test_numbers_keep_full_double_precision(tmp_path: Path) -> None:
    path = save(tmp_path / "a.csv", people([3, 3, 4, 4, 4, 3, 3]))
    (team,) = document_of(path)["teams"]
    assert team["overall"]["mean"] == 24 / 7
    assert json.loads(json.dumps(team))["pillars"][0]["percent"] == pytest.approx(100 * (24 / 7 - 1) / 4, abs=1e-12)


def test_a_withheld_team_keeps_three_keys_and_takes_part_in_nothing(tmp_path: Path) -> None:
    rows = [*people([3] * 4, team="Small"), *people([3, 4] * 3, team="Large"), *people([2, 4] * 3, team="Other")]
    document = document_of(save(tmp_path / "a.csv", rows))
    assert document["teams"][0] == {"team": "Small", "respondents": 4, "withheld": True}
    assert [team["withheld"] for team in document["teams"]] == [True, False, False]
    assert set(document["between_teams"][0]["n_by_team"]) == {"Large", "Other"}
    assert document["reliability"][0]["n"] == 12


def test_a_minimum_of_one_shows_everybody_to_the_person_who_holds_the_file(tmp_path: Path) -> None:
    document = document_of(save(tmp_path / "a.csv", people([3])), minimum_group=1)
    assert (document["minimum_group"], document["teams"][0]["overall"]["mean"]) == (1, 3.0)


def test_a_pillar_or_point_under_the_minimum_keeps_its_id_and_n(tmp_path: Path) -> None:
    rows = [
        Person(3 + at % 2, {} if at < 4 else {"voice": ""}, ladder={"contact": 3} if at < 4 else {}) for at in range(8)
    ]
    (team,) = document_of(save(tmp_path / "a.csv", rows, ["contact"]))["teams"]
    voice = team["pillars"][PILLARS.index("voice")]
    assert {key: value for key, value in voice.items() if value is not None} == {"pillar": "voice", "n": 4}
    assert {key: value for key, value in team["ladder"][0].items() if value is not None} == {"point": "contact", "n": 4}
    assert team["weakest_point"] is None


def test_agreed_answers_have_a_level_and_a_value_and_no_statistic(tmp_path: Path) -> None:
    row = Person(4, {"voice": 2}, role="consensus", ladder={"contact": 3})
    (team,) = document_of(save(tmp_path / "a.csv", [row], ["contact"]))["teams"]
    assert (team["mode"], team["withheld"], team["respondents"]) == ("consensus", False, 1)
    for pillar in team["pillars"]:
        assert {key for key, value in pillar.items() if value is not None} == {"pillar", "mean", "level"}
    assert {key: value for key, value in team["ladder"][0].items() if value is not None} == {
        "point": "contact",
        "median": 3,
    }
    assert {key for key, value in team["overall"].items() if value is not None} == {"mean", "level"}
    assert [entry["pillar"] for entry in team["priorities"]] == ["voice"]


def test_customers_count_only_where_they_are_compared_with_the_team(tmp_path: Path) -> None:
    rows = people([3, 4] * 4, ladder={"contact": 4})
    alone = document_of(save(tmp_path / "a.csv", rows, ["contact"]))
    both = document_of(save(tmp_path / "b.csv", [*rows, *customers([1] * 10)], ["contact"]))
    (team,), (with_customers,) = alone["teams"], both["teams"]
    (gap,) = with_customers["gaps"].pop("self_customer")
    assert team["gaps"].pop("self_customer") == []
    assert (gap["n_self"], gap["n_customers"], gap["median_self"], gap["median_customers"]) == (8, 10, 4, 1)
    assert gap["cliffs_delta"] == 1
    assert team == with_customers


def test_without_a_previous_file_there_is_no_change_and_without_the_column_no_focus(tmp_path: Path) -> None:
    (team,) = document_of(save(tmp_path / "a.csv", people([3, 4] * 4)))["teams"]
    assert (team["change"], team["ladder_change"], team["focus"]) == ([], [], dict.fromkeys(PILLARS, 0.0))
    text = (tmp_path / "a.csv").read_text("utf-8")
    (tmp_path / "b.csv").write_text("\n".join(line.rpartition(",")[0].rpartition(",")[0] for line in text.splitlines()))
    (team,) = document_of(tmp_path / "b.csv")["teams"]
    assert team["focus"] == {}


def test_a_change_from_a_round_of_under_five_is_withheld(tmp_path: Path) -> None:
    now = save(tmp_path / "now.csv", people([3, 4] * 4, ladder={"contact": 4}), ["contact"])
    before = save(tmp_path / "before.csv", people([2] * 4, ladder={"contact": 2}), ["contact"])
    (team,) = document_of(now, before)["teams"]
    for entry in (*team["change"], *team["ladder_change"]):
        assert (entry["n1"], entry["n2"], entry["label"]) == (4, 8, "withheld")
        figures = set(entry) - {"pillar", "point", "n1", "n2", "linked", "family", "label"}
        assert all(entry[figure] is None for figure in figures)


def test_a_change_is_linked_by_the_codes_of_five_people(tmp_path: Path) -> None:
    def round_of(name: str, answer: int, codes: str) -> Path:
        return save(tmp_path / name, [Person(answer, code=code) for code in codes])

    (team,) = document_of(round_of("a", 3, "abcdefg"), round_of("b", 2, "abcdexy"))["teams"]
    assert {(entry["linked"], entry["n1"], entry["n2"]) for entry in team["change"]} == {(True, 5, 5)}
    (team,) = document_of(round_of("a", 3, "abcdefg"), round_of("b", 2, "abcdwxy"))["teams"]
    assert {(entry["linked"], entry["n1"], entry["n2"]) for entry in team["change"]} == {(False, 7, 7)}


def test_one_team_is_compared_with_nobody(desk: Document) -> None:
    assert desk["between_teams"] == []
