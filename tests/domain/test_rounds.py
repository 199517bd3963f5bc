"""A round's state follows from its dates and acts."""

from __future__ import annotations

import datetime as dt

import pytest

from assessment.domain.rounds import (
    InvalidDates,
    RoundAlreadyOpened,
    RoundAlreadyPublished,
    RoundFacts,
    RoundMode,
    RoundNotOpen,
    RoundNotStopped,
    RoundState,
    check_dates,
)

NOW = dt.datetime(2026, 11, 20, 15, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


def facts(*, mode=RoundMode.ANSWERED, opens=None, closes=None, stopped=None, published=None):
    return RoundFacts(mode, opens, closes, stopped, published)


CASES = {
    RoundState.DRAFT: [facts(), facts(closes=NOW - HOUR)],
    RoundState.SCHEDULED: [facts(opens=NOW + HOUR), facts(opens=NOW + HOUR, closes=NOW + 2 * HOUR)],
    RoundState.OPEN: [facts(opens=NOW), facts(opens=NOW - HOUR, closes=NOW + HOUR)],
    RoundState.STOPPED: [
        facts(opens=NOW - HOUR, closes=NOW),
        facts(opens=NOW - HOUR, stopped=NOW),
        facts(mode=RoundMode.IMPORTED),
        facts(mode=RoundMode.IMPORTED, opens=NOW - HOUR, closes=NOW + HOUR),
    ],
    RoundState.PUBLISHED: [
        facts(opens=NOW - HOUR, stopped=NOW, published=NOW),
        facts(mode=RoundMode.IMPORTED, published=NOW),
    ],
}


@pytest.mark.parametrize(
    ("state", "round_facts"), [(state, round_facts) for state, cases in CASES.items() for round_facts in cases]
)
def test_every_act_is_refused_in_every_other_state(state, round_facts):
    assert round_facts.state(NOW) is state
    acts = {
        RoundNotOpen: (round_facts.require_open, {RoundState.OPEN}),
        RoundNotStopped: (round_facts.require_stopped, {RoundState.STOPPED}),
        RoundAlreadyOpened: (round_facts.require_unopened, {RoundState.DRAFT, RoundState.SCHEDULED}),
        RoundAlreadyPublished: (round_facts.require_unpublished, set(RoundState) - {RoundState.PUBLISHED}),
    }
    for fact, (require, allowed) in acts.items():
        if state in allowed:
            require(NOW)
        else:
            with pytest.raises(fact) as refused:
                require(NOW)
            assert refused.value.state is state


def test_a_date_stops_a_round_to_the_moment():
    round_facts = facts(opens=NOW, closes=NOW + HOUR)
    moment = dt.timedelta(microseconds=1)
    states = [
        round_facts.state(NOW - moment),
        round_facts.state(NOW),
        round_facts.state(NOW + HOUR - moment),
        round_facts.state(NOW + HOUR),
    ]
    assert states == [RoundState.SCHEDULED, RoundState.OPEN, RoundState.OPEN, RoundState.STOPPED]


def test_a_round_closes_after_it_opens_and_in_the_future():
    check_dates(NOW, None, NOW)
    check_dates(NOW + HOUR, NOW + 2 * HOUR, NOW)
    for opens, closes in ((NOW + HOUR, NOW + HOUR), (NOW - 2 * HOUR, NOW), (NOW, NOW - HOUR)):
        with pytest.raises(InvalidDates):
            check_dates(opens, closes, NOW)
