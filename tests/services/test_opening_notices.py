"""The notice that a round has opened by itself: to whom, once, in whose language, and with what."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select

from assessment.domain.access import OrganisationRole
from assessment.domain.repetitions import RepetitionRule
from assessment.infra.clock import local_date
from assessment.services.mailings import MailAddresses
from assessment.services.opening_notices import write_opening_notices
from assessment.services.repetitions import open_due_rounds, set_repetition
from assessment.services.rounds import stop_round
from assessment.services.unsubscribing import account_token, set_subscribed
from assessment.store.organisations import Membership
from assessment.store.outbox import OutboxMessage
from tests.jobs.mailings import BASE, SECRET, new_message_id
from tests.services.build import NOW, make_home, make_round

DAY = dt.timedelta(days=1)
ZONE = "America/Bogota"
pytestmark = pytest.mark.both_databases


def notify(database, now=NOW) -> int:
    return write_opening_notices(
        database, addresses=MailAddresses(BASE, SECRET), new_message_id=new_message_id, now=now
    )


def messages(database) -> list[OutboxMessage]:
    with database.reading() as session:
        return list(session.scalars(select(OutboxMessage)))


@pytest.fixture
def home(database):
    """A team whose first round has just opened by itself."""
    home = make_home(database)
    with database.writing() as session:
        set_repetition(
            session,
            organisation_id=home.organisation,
            team_id=home.team,
            rule=RepetitionRule(3, local_date(NOW, ZONE)),
            open_days=8,
            now=NOW,
        )
    home_round = open_due_rounds(database, now=NOW)
    assert len(home_round) == 1
    return home, home_round[0]


def change(database, home, **values) -> None:
    with database.writing() as session:
        membership = session.scalars(select(Membership).where(Membership.organisation_id == home.organisation)).one()
        for name, value in values.items():
            setattr(membership, name, value)


@pytest.mark.parametrize(
    ("language", "words"), [("es", "todavía no hay nadie invitado"), ("en", "nobody is invited yet")]
)
def test_whoever_manages_the_rounds_is_asked_once_to_invite_the_team(database, home, language, words):
    (home, round_id) = home
    change(database, home, language=language)
    assert [notify(database), notify(database), notify(database, NOW + DAY)] == [1, 0, 0]
    (message,) = messages(database)
    assert words in message.subject
    link = f"{BASE}/organisations/{home.organisation}/teams/{home.team}/rounds/{round_id}"
    assert link in message.text
    assert message.html is not None
    assert link in message.html
    assert message.unsubscribe_url.startswith(f"{BASE}/u/")


def test_who_only_reads_wants_no_notices_or_has_no_such_team_is_not_told(database, home):
    (home, _round_id) = home
    change(database, home, role=OrganisationRole.VIEWER)
    assert notify(database) == 0
    change(database, home, role=OrganisationRole.MANAGER, has_all_teams=False)
    assert notify(database) == 0
    change(database, home, has_all_teams=True)
    with database.writing() as session:
        set_subscribed(session, secret=SECRET, token=account_token(SECRET, home.user), is_on=False)
    assert notify(database) == 0
    assert messages(database) == []


def test_a_round_that_has_closed_or_is_no_news_is_not_told(database, home):
    (home, round_id) = home
    assert notify(database, NOW + 3 * DAY) == 0
    with database.writing() as session:
        stop_round(session, organisation_id=home.organisation, round_id=round_id, now=NOW)
    assert notify(database) == 0


def test_a_round_that_somebody_opened_is_not_told(database):
    make_round(database, make_home(database))
    assert notify(database) == 0
