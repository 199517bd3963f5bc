"""What pillars without an action tell of those with one: it depends on what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from assessment.domain.plans.choices import GOES_ON_IN_WORDS
from assessment.domain.plans.outcomes import ActionOutcome, FinishedAction, PlanOutcomes
from assessment.domain.result import Change, ChangeLabel
from assessment.domain.texts import Text
from reports.action_plan.change import change_part
from reports.action_plan.front import reason_words
from tests.reports.plans import LOCALES, Sample


def change(pillar: str, label: ChangeLabel) -> Change:
    return Change(pillar, 12, 12, linked=False, difference=0.5, ci95=(0.1, 0.9), label=label)


@pytest.mark.parametrize(
    ("labels", "told"),
    [
        (["improved", "improved"], "These rose without an action, too"),
        (["same", "unclear"], "These did not clearly move."),
        (["worse"], "These fell instead."),
        (["improved", "unclear"], "Not all of these went the same way"),
        (["improved", "worse"], "Not all of these went the same way"),
    ],
)
def test_the_comparison_is_worded_by_what_became_of_the_pillars_beside(
    labels: Sequence[ChangeLabel], told: str
) -> None:
    sample = Sample("desk", "en-US")
    action = FinishedAction(Text("Café", "Coffee"), "language", is_point=False, finished_on=None)
    others = tuple(change(pillar, label) for pillar, label in zip(("voice", "vision"), labels, strict=False))
    outcomes = PlanOutcomes("First", (ActionOutcome(action, change("language", "improved"), None),), others)
    part = change_part(replace(sample.source, outcomes=(outcomes,)), sample.reader)
    assert part is not None
    assert told in part.others_note


@pytest.mark.parametrize("locale", LOCALES)
def test_the_words_for_a_pillar_that_goes_on_are_known_again_when_a_form_sends_them(locale: str) -> None:
    assert reason_words(None, Sample("desk", locale).reader) in GOES_ON_IN_WORDS
