"""Every snapshot that was ever frozen stays readable: golden files of each format, and the shape of today's."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from assessment.domain.result import ChoiceResult, GroupsResult, TeamResult
from assessment.services.snapshots import FORMAT, UnknownSnapshotFormat, result_from_snapshot, result_to_snapshot

GOLDEN = Path(__file__).parent / "snapshots"
SHAPE = "shape"
CHOSE = {"1-individual": 13, "1-changed": 13, "1-consensus": None, "1-withheld": None}
"""How many chose what matters most, which format 2 and earlier did not say."""


def golden(name):
    return json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))


def names_of(number):
    return sorted(path.stem for path in GOLDEN.glob(f"{number}-*.json") if SHAPE not in path.stem)


def as_json(result):
    return json.loads(json.dumps(asdict(result)))


def test_there_are_golden_files_of_every_format():
    assert all(names_of(number) for number in range(1, FORMAT + 1))


@pytest.mark.parametrize("name", names_of(1))
def test_a_snapshot_of_format_1_reads_into_the_result_that_it_was(name):
    document = golden(name)
    assert "format" not in document
    assert as_json(result_from_snapshot(document)) == _with_labels(document) | {
        "sections": {},
        "focus_n": CHOSE[name],
        "by_link": None,
    }


@pytest.mark.parametrize("name", names_of(2))
def test_a_snapshot_of_format_2_reads_into_the_result_that_it_was(name):
    document = golden(name)
    assert document.pop("format") == 2
    assert as_json(result_from_snapshot(document | {"format": 2})) == _with_labels(document) | {
        "focus_n": 0,
        "by_link": None,
    }


@pytest.mark.parametrize("name", names_of(3))
def test_a_snapshot_of_format_3_reads_into_the_result_that_it_was(name):
    document = golden(name)
    assert document.pop("format") == 3
    assert as_json(result_from_snapshot(document | {"format": 3})) == document | {"by_link": None}


@pytest.mark.parametrize("name", names_of(4))
def test_a_snapshot_of_format_4_reads_into_the_result_that_it_was(name):
    document = golden(name)
    assert document.pop("format") == 4
    assert as_json(result_from_snapshot(document | {"format": 4})) == document


def _with_labels(document):
    """Gaps of before they had a label get it when they are released."""
    gaps = document["gaps"]
    return document | {"gaps": gaps | {"leaders_staff": [gap | {"label": None} for gap in gaps["leaders_staff"]]}}


def test_the_golden_files_hold_what_a_result_can_hold():
    """A file that lacks a part would not notice that the part is lost."""
    changed = result_from_snapshot(golden("1-changed"))
    assert changed.overall.mean == pytest.approx(3.1063034188034186)
    assert changed.pillar("language").agreement == "fair"
    assert changed.change
    assert changed.ladder_change
    assert changed.priorities
    consensus = result_from_snapshot(golden("1-consensus"))
    assert (consensus.mode, consensus.overall.n) == ("consensus", None)
    withheld = result_from_snapshot(golden("1-withheld"))
    assert withheld == TeamResult("Farmacia", "individual", 4, 4, withheld=True)
    sections = result_from_snapshot(golden("2-sections")).sections["test"]
    assert isinstance(sections["desk"], GroupsResult)
    assert isinstance(sections["learning"], ChoiceResult)
    gaps = result_from_snapshot(golden("3-gaps"))
    assert (gaps.focus_n, gaps.gaps.leaders_staff[0].label) == (10, "unclear")
    assert gaps.gaps.self_customer
    typed = result_from_snapshot(golden("4-beside-typed"))
    assert (typed.by_link, typed.scored, typed.pillar("language").answer_counts) == (5, 10, None)


@pytest.mark.parametrize("name", [name for number in range(1, FORMAT + 1) for name in names_of(number)])
def test_a_result_that_is_frozen_again_is_the_same_in_todays_format(name):
    result = result_from_snapshot(golden(name))
    snapshot = json.loads(json.dumps(result_to_snapshot(result)))
    assert snapshot["format"] == FORMAT
    assert result_from_snapshot(snapshot) == result


@pytest.mark.parametrize("number", [0, FORMAT + 1, "2", None])
def test_a_snapshot_of_an_unknown_format_is_refused(number):
    with pytest.raises(UnknownSnapshotFormat):
        result_from_snapshot(golden("2-sections") | {"format": number})


def test_the_shape_of_a_result_changes_only_with_a_new_format():
    """Where this fails: raise `FORMAT`, write the upcaster, and add golden files of the format that was."""
    assert _without_words(TypeAdapter(TeamResult).json_schema()) == golden(f"{FORMAT}-{SHAPE}")


def _without_words(schema):
    """A JSON schema without titles and descriptions."""
    if isinstance(schema, list):
        return [_without_words(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: _without_words(part)
        for key, part in schema.items()
        if not (key in ("title", "description") and isinstance(part, str))
    }


@pytest.mark.parametrize(
    ("shares", "fewest"),
    [([0, 0, 0], 0), ([1, 0, 1], 1), ([0.5, 0.5, 0.25], 4), ([1 / 3, 2 / 3, 1 / 7], 21), ([], None)],
)
def test_of_how_many_people_old_shares_were_is_told_too_low_rather_than_too_high(shares, fewest):
    document = golden("2-sections") | {"scored": 30, "focus": {str(at): share for at, share in enumerate(shares)}}
    assert result_from_snapshot(document | {"pillars": []}).focus_n == fewest
