"""The texts that rounds pinned before questionnaires were lists of sections, still read as what they asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from assessment.catalogue.catalogue import (
    UnknownQuestionnaire,
    checksum_of,
    find_questionnaire_text,
    load_questionnaire,
    parse_questionnaire,
    questionnaire_ids,
)
from tests.catalogue.spoil import ENGLISH, problems_of, save
from tests.conftest import ROOT

EARLIER = sorted((ROOT / "questionnaires").glob("*/earlier/*.yaml"))
PINNED = {
    "service-culture": "sha256:460675634f1f03d4f181e4ad4521f6e50d70e90d7adeb679b44c3d37d454f5c2",
    "service-culture-rubrics": "sha256:8e67ef360b998b1d6f4be325b4ead7dbb5fa508be9cba89df48c15d45689186e",
}


@pytest.mark.parametrize("id_", PINNED)
def test_a_round_that_pinned_the_text_of_before_still_finds_it(id_: str) -> None:
    raw = find_questionnaire_text(id_, 1, PINNED[id_])
    assert raw is not None
    asked = parse_questionnaire(raw, id_)
    assert (asked.id, asked.version, asked.checksum) == (id_, 1, PINNED[id_])
    assert checksum_of(raw) == PINNED[id_]


@pytest.mark.parametrize("id_", PINNED)
def test_it_asks_the_same_as_the_text_of_today(id_: str) -> None:
    raw = find_questionnaire_text(id_, 1, PINNED[id_])
    assert raw is not None
    before, now = parse_questionnaire(raw, id_), load_questionnaire(id_, 1)
    assert before.sections == now.sections
    assert before.fingerprint == now.fingerprint
    assert before.checksum != now.checksum


@pytest.mark.parametrize("id_", questionnaire_ids())
def test_the_text_of_today_is_found_by_its_checksum_and_an_unknown_one_is_not(id_: str) -> None:
    now = load_questionnaire(id_)
    assert checksum_of(find_questionnaire_text(id_, now.version, now.checksum) or b"") == now.checksum
    assert find_questionnaire_text(id_, now.version, "sha256:0") is None


def test_nothing_is_found_of_a_questionnaire_that_does_not_exist() -> None:
    with pytest.raises(UnknownQuestionnaire):
        find_questionnaire_text("../secrets", 1, "sha256:0")


@pytest.mark.parametrize("path", EARLIER, ids=lambda path: path.parent.parent.name)
def test_the_rules_of_the_format_of_before_still_hold(path: Path, tmp_path: Path) -> None:
    text = path.read_text("utf-8").replace("- id: language-", "- id: vision-", 1).replace("at_most: 3", "at_most: 0")
    told = {problem.field: problem.describe(ENGLISH) for problem in problems_of(save(tmp_path, text))}
    assert "at least 1" in told["focus.at_most"]
    text = path.read_text("utf-8").replace("- id: language-", "- id: other-", 1)
    (problem,) = problems_of(save(tmp_path, text))
    assert (problem.field, "begin with" in problem.describe(ENGLISH)) == ("pillars[1].items[1].id", True)
