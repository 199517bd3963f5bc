"""Rounds that were published at one moment: the greater id is the newer one, whoever asks."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from assessment.domain.answers import Role
from assessment.domain.rounds import RoundMode
from assessment.services.plans import draft_plan
from assessment.services.publication import publish_round
from assessment.services.rounds import stop_round
from assessment.store.plans import latest_plan, plan_before
from assessment.store.rounds import Round, newest_shared_after, published_before
from tests.services.build import DAY, NOW, answer, make_home, make_round, make_sheet

pytestmark = pytest.mark.both_databases


def test_rounds_of_one_moment_have_one_order_everywhere(database):
    home = make_home(database)
    for name in ("Ronda 1", "Ronda 2", "Ronda 3"):
        round_id, link = make_round(database, home, mode=RoundMode.CONSENSUS, name=name)
        answer(database, link, make_sheet(1, role=Role.CONSENSUS))
        where = {"organisation_id": home.organisation, "round_id": round_id}
        with database.writing() as session:
            stop_round(session, **where, now=NOW)
            publish_round(session, **where, now=NOW)
            draft_plan(session, **where, drawn_on=NOW.date(), now=NOW)
    with database.writing() as session:
        session.execute(update(Round).values(published_at=NOW, plan_shared_at=NOW + DAY))
    with database.reading() as session:
        first, second, third = session.scalars(select(Round).order_by(Round.id))
        assert latest_plan(session, home.organisation, home.team)[1] is third
        assert [plan_before(session, one) and plan_before(session, one)[1] for one in (first, second, third)] == [
            None,
            first,
            second,
        ]
        assert [published_before(session, one) for one in (first, second, third)] == [None, first, second]
        assert [newest_shared_after(session, one) for one in (first, second, third)] == [third, third, None]
