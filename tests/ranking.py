"""Rankings of priorities for tests that look at what is done with them, not at their resamples.

The same answers, in whatever order, have the same ranking; its thousand resamples are most of what publishing costs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from assessment.domain.people import Person
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.result import PillarResult, Priority

Rank = Callable[..., tuple[Priority, ...]]


def ranked_once(rank: Rank) -> Rank:
    """The same function, which remembers what it has ranked."""
    known: dict[str, tuple[Priority, ...]] = {}

    def get(
        pillars: Sequence[PillarResult],
        focus: Mapping[str, float],
        people: Sequence[Person],
        questionnaire: Questionnaire,
        *,
        targets: Mapping[str, float],
        **options: Any,
    ) -> tuple[Priority, ...]:
        asked = [(pillar.id, *[item.id for item in pillar.items]) for pillar in questionnaire.pillars]
        given = sorted(repr((sorted(one.sheet.items.items()), one.sheet.focus, one.scores)) for one in people)
        key = repr(
            (pillars, focus, given, asked, questionnaire.scale, sorted(targets.items()), sorted(options.items()))
        )
        if key not in known:
            known[key] = rank(pillars, focus, people, questionnaire, targets=targets, **options)
        return known[key]

    return get
