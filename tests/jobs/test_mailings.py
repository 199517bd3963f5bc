"""Messages to a round's recipients, from their rows to a real mail server: paced, once, and with what holds by then."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from sqlalchemy import event, select

from assessment.infra.clock import utc_now
from assessment.infra.mail import MailConnection
from assessment.services.mailings import (
    AlreadyToday,
    NobodyToWriteTo,
    has_planned,
    plan_closing_reminder,
    queue_planned,
    remind,
    tell_of_plan,
)
from assessment.services.recipients import recipients_of
from assessment.services.unsubscribing import address_token, set_subscribed
from assessment.store.outbox import OutboxState
from assessment.store.recipients import Recipient
from tests.jobs.mailings import (
    BASE,
    DAY,
    SECRET,
    Invited,
    arrived_in,
    handlers,
    mailing_process,
    new_message_id,
    send_all,
)
from tests.mail_server import mail_server


def plain(message) -> str:
    return str(message.get_body(("plain",)).get_content())


def test_an_invitation_has_the_rounds_own_link_in_text_and_html_and_can_be_unsubscribed(database):
    invited = Invited.make(database)
    invited.invite(reply_to="manager@example.com")
    with mail_server() as server:
        (message,) = send_all(database, server)
    assert message["From"] == "Alegra vía Escala <escala@escala.example.com>"
    assert message["Reply-To"] == "manager@example.com"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["List-Unsubscribe"].startswith(f"<{BASE}/u/")
    for kind in ("plain", "html"):
        assert f"{BASE}/r/{invited.token}" in message.get_body((kind,)).get_content()
    assert "Persona 0" in plain(message)


def test_all_messages_are_alike_but_for_name_language_and_the_way_to_unsubscribe(database):
    invited = Invited.make(database)
    invited.invite(3)
    with mail_server() as server:
        texts = [plain(message) for message in send_all(database, server)]
    alike = {re.sub(r"/u/\S+", "/u/", re.sub(r"Persona \d", "Persona", text)) for text in texts}
    assert (len(texts), len(alike)) == (3, 1)


def test_the_text_is_in_the_database_at_no_time(database):
    invited = Invited.make(database)
    invited.invite()
    (before,) = invited.messages()
    with mail_server() as server:
        send_all(database, server)
    (after,) = invited.messages()
    assert (before.text, before.html, before.subject) == ("", None, "")
    assert (after.state, after.text, after.html) == (OutboxState.SENT, "", None)


def test_many_messages_go_over_one_connection(database):
    invited = Invited.make(database)
    invited.invite(12)
    with mail_server() as server:
        assert len(send_all(database, server)) == 12
        assert server.conversations == 1


def test_no_more_go_out_than_the_pace_allows_whoever_asks(database):
    invited = Invited.make(database)
    invited.invite(5)
    with mail_server() as server:
        slow = [handlers(database, server.url, per_minute=1) for _ in range(3)]
        for works in slow * 2:
            connection = MailConnection(works.mailer)
            assert works.send_of_mailings(connection)
            connection.close()
        assert len(arrived_in(server)) == 1


def test_a_refused_address_is_shown_and_written_to_no_more_while_others_get_theirs(database):
    invited = Invited.make(database)
    invited.invite(3)
    with mail_server() as server:
        server.unknown = {"person1@example.com"}
        assert len(send_all(database, server)) == 2
        with database.reading() as session:
            seen = recipients_of(session, **invited.where, secret=SECRET)
        assert [one.address for one in seen.refused] == ["person1@example.com"]
        assert [(one.sent, one.waiting, one.failed) for one in seen.progress] == [(2, 0, 1)]
        invited.due_now()
        assert send_all(database, server) == []


def test_a_full_mailbox_is_tried_again(database):
    invited = Invited.make(database)
    invited.invite(2)
    with mail_server() as server:
        server.full = {"person0@example.com"}
        assert len(send_all(database, server)) == 1
        server.full = set()
        invited.due_now()
        (message,) = send_all(database, server)
    assert message["To"] == "person0@example.com"


@pytest.mark.parametrize("trouble", ["is_away", "drops"])
def test_a_server_in_trouble_holds_all_up_and_loses_none(database, trouble):
    invited = Invited.make(database)
    invited.invite(4)
    with mail_server() as server:
        setattr(server, trouble, True)
        given = send_all(database, server)
        assert len({message["Message-ID"] for message in given}) <= 1
        assert {message.state for message in invited.messages()} == {OutboxState.WAITING}
        setattr(server, trouble, False)
        invited.due_now()
        assert len(send_all(database, server)) == 4


def test_a_round_that_has_stopped_meanwhile_invites_nobody(database):
    invited = Invited.make(database)
    invited.invite(2)
    invited.change(stopped_at=utc_now())
    with mail_server() as server:
        assert send_all(database, server) == []
    assert invited.messages() == []


def test_invitations_wait_until_the_round_opens(database):
    invited = Invited.make(database)
    invited.change(opens_at=utc_now() + DAY)
    invited.invite()
    with mail_server() as server:
        assert send_all(database, server) == []
        invited.due_now()
        assert send_all(database, server) == []
        invited.change(opens_at=utc_now() - DAY)
        invited.due_now()
        assert len(send_all(database, server)) == 1


def test_whoever_unsubscribes_while_a_message_waits_does_not_get_it(database):
    invited = Invited.make(database)
    invited.invite(2)
    token = address_token(SECRET, invited.home.organisation, "person0@example.com")
    with database.writing() as session:
        set_subscribed(session, secret=SECRET, token=token, is_on=False)
    with mail_server() as server:
        (message,) = send_all(database, server)
    assert message["To"] == "person1@example.com"
    with database.writing() as session:
        assert remind(session, **invited.writing, now=utc_now() + DAY) == 1
        assert recipients_of(session, **invited.where, secret=SECRET).unsubscribed == 1


def test_a_reminder_goes_to_everybody_thanks_and_comes_once_a_day(database):
    invited = Invited.make(database)
    invited.invite(3)
    with mail_server() as server:
        send_all(database, server)
        with pytest.raises(AlreadyToday), database.writing() as session:
            remind(session, **invited.writing, now=utc_now())
        tomorrow = utc_now() + DAY
        with database.writing() as session:
            assert remind(session, **invited.writing, now=tomorrow) == 3
        with pytest.raises(AlreadyToday), database.writing() as session:
            remind(session, **invited.writing, now=tomorrow)
        invited.due_now()
        arrived = send_all(database, server)
    assert len(arrived) == 3
    assert all("gracias" in plain(message) for message in arrived)


def test_that_it_closes_soon_is_told_once_two_days_before(database):
    invited = Invited.make(database)
    now = utc_now()
    invited.invite(2, now=now - DAY)
    with database.writing() as session:
        plan_closing_reminder(session, **invited.where, is_on=True, now=now)
    late = now + 6 * DAY
    for at, is_due in ((now, False), (late, True)):
        with database.reading() as session:
            assert has_planned(session, now=at) is is_due
    told = []
    for _ in range(2):
        with database.writing() as session:
            told.append(queue_planned(session, new_message_id=new_message_id, secret=SECRET, now=late))
    assert told == [2, 0]


def test_the_news_of_a_plan_goes_out_once_and_only_of_a_shared_one(database):
    invited = Invited.make(database)
    invited.invite(2)
    with mail_server() as server:
        send_all(database, server)
        with pytest.raises(NobodyToWriteTo), database.writing() as session:
            tell_of_plan(session, **invited.writing, now=utc_now())
        invited.change(plan_shared_at=utc_now(), stopped_at=utc_now())
        with database.writing() as session:
            assert tell_of_plan(session, **invited.writing, now=utc_now()) == 2
        with pytest.raises(NobodyToWriteTo), database.writing() as session:
            tell_of_plan(session, **invited.writing, now=utc_now())
        assert all(f"{BASE}/p/" in plain(message) for message in send_all(database, server))


def test_killed_workers_lose_no_message_and_repeat_at_most_the_one_under_way(database):
    number, kills = 15, 2
    invited = Invited.make(database)
    invited.invite(number)
    seen: list[str] = []
    with mail_server() as server:
        for _ in range(kills):
            with mailing_process(database, server.url) as process:
                seen += [server.next_message()["To"] for _ in range(3)]
                server.answers.clear()  # the next one is taken, and not answered
                seen.append(server.next_message()["To"])
                process.kill()
                process.wait()
            server.answers.set()
            seen += [message["To"] for message in arrived_in(server)]
            invited.due_now()
        with mailing_process(database, server.url):
            while len(set(seen)) < number:
                seen.append(server.next_message()["To"])
            while {message.state for message in invited.messages()} != {OutboxState.SENT}:
                seen += [message["To"] for message in arrived_in(server)]
        seen += [message["To"] for message in arrived_in(server)]
    assert set(seen) == {f"person{one}@example.com" for one in range(number)}
    assert len(seen) - number <= kills
    assert max(Counter(seen).values()) <= 1 + kills


def test_two_processes_send_each_message_once(database):
    number = 10
    invited = Invited.make(database)
    invited.invite(number)
    with mail_server() as server, mailing_process(database, server.url), mailing_process(database, server.url):
        seen = [server.next_message()["To"] for _ in range(number)]
        while {message.state for message in invited.messages()} != {OutboxState.SENT}:
            seen += [message["To"] for message in arrived_in(server)]
    assert sorted(seen) == [f"person{one}@example.com" for one in range(number)]


def test_a_thousand_are_queued_by_as_many_statements_as_ten(database):
    def statements_for(number: int) -> int:
        invited = Invited.make(database)
        seen: list[str] = []

        def note(_connection, _cursor, statement, *_rest):
            seen.append(statement)

        event.listen(database.engine, "before_cursor_execute", note)
        try:
            assert invited.invite(number) == number
        finally:
            event.remove(database.engine, "before_cursor_execute", note)
        return len([one for one in seen if not one.startswith("INSERT")])

    assert statements_for(10) == statements_for(1_000)


def test_a_form_that_is_sent_twice_invites_once(database):
    invited = Invited.make(database)
    assert [invited.invite(3, turn="page"), invited.invite(3, turn="page"), invited.invite(4)] == [3, 0, 1]
    assert len(invited.messages()) == 4


def test_a_recipient_who_is_removed_takes_the_waiting_message_along(database):
    invited = Invited.make(database)
    invited.invite(2)
    with database.writing() as session:
        session.delete(session.scalars(select(Recipient).where(Recipient.address == "person0@example.com")).one())
    assert [message.to_address for message in invited.messages()] == ["person1@example.com"]
