"""Texts of a plan: cleaned, and never longer than a plan can hold; and the document that they are kept as."""

from __future__ import annotations

import datetime as dt

import pytest

from assessment.domain.plans.choices import (
    LONGEST_LINE,
    LONGEST_TEXT,
    ActionChoice,
    ActionStatus,
    PillarChoice,
    PlanChoices,
    TextTooLong,
)
from assessment.services.plan_choices import choices_from_document, choices_to_document

DAY = dt.date(2026, 11, 20)


def test_lines_lose_control_characters_and_double_spaces_and_texts_keep_their_lines():
    action = ActionChoice(title=" Ask\x00  first\n", what="One.\r\nTwo.\x07", owner="Ana\u200b", measure="\t3 a week ")
    assert (action.title, action.what, action.owner, action.measure) == ("Ask first", "One.\nTwo.", "Ana", "3 a week")
    assert PillarChoice("voice", reason=" It \n hurts ").reason == "It hurts"


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: ActionChoice(title="x" * (LONGEST_LINE + 1)), "title"),
        (lambda: ActionChoice(what="x" * (LONGEST_TEXT + 1)), "what"),
        (lambda: ActionChoice(library_id="x" * (LONGEST_LINE + 1)), "library_id"),
        (lambda: PillarChoice("voice", reason="x" * (LONGEST_LINE + 1)), "reason"),
    ],
)
def test_a_text_that_is_too_long_is_refused_by_its_name(make, field):
    with pytest.raises(TextTooLong) as refused:
        make()
    assert refused.value.field == field


def test_choices_are_the_same_after_they_were_kept():
    action = ActionChoice(library_id="voice-ask", owner="Ana", due_on=DAY, status=ActionStatus.DONE)
    move = ActionChoice(library_id="move-3")
    choices = PlanChoices(DAY, (PillarChoice("voice", "It hurts", (action, ActionChoice(title="Own"))),), move)
    document = choices_to_document(choices)
    assert document["pillars"][0]["actions"][0] == {
        "library_id": "voice-ask",
        "title": "",
        "what": "",
        "owner": "Ana",
        "measure": None,
        "due_on": "2026-11-20",
        "status": "done",
        "note": "",
        "evidence": "",
        "id": str(action.id),
    }
    back = choices_from_document(document)
    assert back == choices
    assert [one.id for one in back.actions] == [one.id for one in choices.actions]


@pytest.mark.parametrize("kept", ["It goes on from our last plan.", "Viene de nuestro plan anterior."])
def test_a_reason_that_was_kept_in_one_language_is_read_as_one_that_nobody_worded(kept):
    assert PillarChoice("voice", kept).reason is None
    assert PillarChoice("voice", f"{kept} Y nos urge.").reason == f"{kept} Y nos urge."
