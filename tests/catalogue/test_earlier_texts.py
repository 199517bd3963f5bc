"""The texts that rounds pinned before questionnaires were lists of sections, still read as what they asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from assessment.catalogue.catalogue import checksum_of, load_questionnaire, parse_questionnaire
from tests.catalogue.spoil import ENGLISH, problems_of, save
from tests.conftest import ROOT

EARLIER = sorted((ROOT / "questionnaires").glob("*/earlier/*.yaml"))
PINNED = {
    "service-culture": "sha256:460675634f1f03d4f181e4ad4521f6e50d70e90d7adeb679b44c3d37d454f5c2",
    "service-culture-rubrics": "sha256:8e67ef360b998b1d6f4be325b4ead7dbb5fa508be9cba89df48c15d45689186e",
}


def earlier_text(id_: str) -> bytes:
    """The text that rounds pinned, in a file that is named by its checksum."""
    short = PINNED[id_].removeprefix("sha256:")[:12]
    return (ROOT / "questionnaires" / id_ / "earlier" / f"v1-{short}.yaml").read_bytes()


@pytest.mark.parametrize("id_", PINNED)
def test_the_text_of_before_is_still_there_to_the_letter(id_: str) -> None:
    assert checksum_of(earlier_text(id_)) == PINNED[id_]
    questionnaire = parse_questionnaire(earlier_text(id_), id_)
    assert (questionnaire.id, questionnaire.version, questionnaire.checksum) == (id_, 1, PINNED[id_])


@pytest.mark.parametrize("id_", PINNED)
def test_it_has_the_sections_and_ids_of_today_but_asks_in_other_words(id_: str) -> None:
    before, now = parse_questionnaire(earlier_text(id_), id_), load_questionnaire(id_, 1)
    assert [section.id for section in before.sections] == [section.id for section in now.sections]
    assert [item.id for item in before.items] == [item.id for item in now.items]
    assert before.fingerprint != now.fingerprint
    assert before.checksum != now.checksum


@pytest.mark.parametrize("path", EARLIER, ids=lambda path: path.parent.parent.name)
def test_the_rules_of_the_format_of_before_still_hold(path: Path, tmp_path: Path) -> None:
    text = path.read_text("utf-8").replace("- id: language-", "- id: vision-", 1).replace("at_most: 3", "at_most: 0")
    sentences = {problem.field: problem.describe(ENGLISH) for problem in problems_of(save(tmp_path, text))}
    assert "at least 1" in sentences["focus.at_most"]
    text = path.read_text("utf-8").replace("- id: language-", "- id: other-", 1)
    (problem,) = problems_of(save(tmp_path, text))
    assert (problem.field, "begin with" in problem.describe(ENGLISH)) == ("pillars[1].items[1].id", True)
