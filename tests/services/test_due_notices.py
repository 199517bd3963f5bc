"""The weekly notice of what is due: to whom, when, once, and with what."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select

from assessment.domain.access import OrganisationRole
from assessment.domain.plans.choices import ActionStatus
from assessment.infra.clock import local_date
from assessment.services.due_notices import write_due_notices
from assessment.services.mailings import MailAddresses
from assessment.services.plans import draft_plan
from assessment.services.publication import publish_round
from assessment.services.rounds import stop_round
from assessment.services.unsubscribing import account_token, set_subscribed
from assessment.store.accounts import User
from assessment.store.organisations import Membership, Organisation
from assessment.store.outbox import OutboxMessage
from assessment.store.plan_actions import PlanAction
from tests.jobs.mailings import BASE, SECRET, new_message_id
from tests.services.build import NOW, answer, make_home, make_round, make_sheet

MONDAY = dt.datetime(2026, 11, 30, 13, 0, tzinfo=dt.UTC)
"""Eight in the morning in Colombia."""
DAY = dt.timedelta(days=1)


def notify(database, now=MONDAY) -> int:
    return write_due_notices(database, addresses=MailAddresses(BASE, SECRET), new_message_id=new_message_id, now=now)


def messages(database) -> list[OutboxMessage]:
    with database.reading() as session:
        return list(session.scalars(select(OutboxMessage).order_by(OutboxMessage.to_address)))


@pytest.fixture
def home(database):
    """A team with a plan of which one action is due this week, one is late, and the others are done or later."""
    home = make_home(database)
    round_id, link = make_round(database, home)
    for seed in range(12):
        answer(database, link, make_sheet(seed))
    where = {"organisation_id": home.organisation, "round_id": round_id}
    with database.writing() as session:
        stop_round(session, **where, now=NOW)
    with database.writing() as session:
        publish_round(session, **where, now=NOW)
    with database.writing() as session:
        draft_plan(session, **where, drawn_on=NOW.date(), now=NOW)
        today = local_date(MONDAY, session.get_one(Organisation, home.organisation).time_zone)
        first, second, *others = session.scalars(select(PlanAction).order_by(PlanAction.position))
        first.title, first.due_on = "Llamar a cada cliente", today + 3 * DAY
        second.title, second.due_on = "Escuchar", today - 3 * DAY
        for other in others:
            other.due_on = today + 30 * DAY
    return home


@pytest.mark.both_databases
def test_who_may_change_plans_is_told_on_monday_once_what_is_late_and_what_is_due(database, home):
    assert [notify(database), notify(database), notify(database, MONDAY + DAY)] == [1, 0, 0]
    (message,) = messages(database)
    assert "Llamar a cada cliente" in message.text
    assert message.text.index("Escuchar") < message.text.index("Llamar a cada cliente")
    assert message.html is not None
    assert "Escuchar" in message.html
    assert f"{BASE}/organisations/{home.organisation}/teams/{home.team}/" in message.text
    assert message.unsubscribe_url.startswith(f"{BASE}/u/")


@pytest.mark.parametrize("early", [MONDAY - 2 * dt.timedelta(hours=1), MONDAY - DAY])
def test_nobody_is_told_before_monday_at_seven_where_the_organisation_is(database, home, early):
    assert notify(database, early) == 0


def test_a_week_in_which_nothing_is_due_is_silent(database, home):
    with database.writing() as session:
        for action in session.scalars(select(PlanAction)):
            action.status = ActionStatus.DONE
    assert notify(database) == 0
    assert messages(database) == []


def test_readers_and_those_who_turned_it_off_get_none(database, home):
    with database.writing() as session:
        reader = User(email="reader@example.org", active=True, fs_uniquifier="reader")
        session.add(reader)
        session.flush()
        session.add(Membership(user_id=reader.id, organisation_id=home.organisation, role=OrganisationRole.VIEWER))
        set_subscribed(session, secret=SECRET, token=account_token(SECRET, home.user), is_on=False)
    assert notify(database) == 0


def test_sample_data_writes_to_nobody(database, home):
    with database.writing() as session:
        session.get_one(Organisation, home.organisation).is_sample = True
    assert notify(database) == 0


@pytest.mark.both_databases
def test_another_organisations_actions_are_in_nobody_elses_notice(database, home):
    stranger = make_home(database, "Otra")
    assert notify(database) == 1
    (message,) = messages(database)
    with database.reading() as session:
        assert message.to_address == session.get_one(User, home.user).email
        assert message.to_address != session.get_one(User, stranger.user).email
