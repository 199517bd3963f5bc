"""Messages to a round's recipients, from their rows to a real mail server: paced, once, and with what holds by then."""

from __future__ import annotations

import re
import threading
from collections import Counter

import pytest
from sqlalchemy import event, select, update

from assessment.infra.clock import utc_now
from assessment.infra.languages import Localisation
from assessment.infra.mail import MailConnection
from assessment.services.accounts import InvalidEmail
from assessment.services.mailings import (
    AFTER_CLOSING,
    NobodyToWriteTo,
    Notices,
    TooSoon,
    has_planned,
    plan_notices,
    queue_planned,
    remind,
    tell_of_plan,
)
from assessment.services.recipients import (
    AlreadyReached,
    correct_address,
    recipients_of,
    remove_recipient,
    try_again,
    undelivered_of,
)
from assessment.services.rounds import discard_round, reopen_round, stop_round
from assessment.services.unsubscribing import address_token, set_subscribed
from assessment.store.outbox import OutboxMessage, OutboxState
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
    assert (message["To"], "Persona 0" in plain(message)) == ("person0@example.com", True)


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
            seen = recipients_of(session, **invited.where, now=utc_now())
        assert [one.address for one in seen.undelivered] == ["person1@example.com"]
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
        assert remind(session, **invited.writing, now=utc_now() + DAY) == 2
    with mail_server() as server:
        invited.due_now()
        (message,) = send_all(database, server)
    assert message["To"] == "person1@example.com"


def test_numbers_are_the_same_whether_or_not_somebody_has_unsubscribed(database):
    seen = []
    for is_off in (False, True):
        invited = Invited.make(database)
        token = address_token(SECRET, invited.home.organisation, "person0@example.com")
        with database.writing() as session:
            set_subscribed(session, secret=SECRET, token=token, is_on=not is_off)
        invited.invite(2, now=utc_now() - DAY)  # long before it is sent
        with database.reading() as session:
            before = recipients_of(session, **invited.where, now=utc_now())
        with mail_server() as server:
            assert len(send_all(database, server)) == (1 if is_off else 2)
        with database.reading() as session:
            after = recipients_of(session, **invited.where, now=utc_now())
        with pytest.raises(TooSoon), database.writing() as session:
            remind(session, **invited.writing, now=utc_now())
        with database.writing() as session:
            reminded = remind(session, **invited.writing, now=utc_now() + DAY)
        seen.append((before.progress, after.progress, after.total, after.undelivered, reminded))
        invited.change(stopped_at=utc_now())  # its reminders are none of the next one's
    assert seen[0] == seen[1]


@pytest.mark.both_databases
@pytest.mark.parametrize("trouble", [False, True])
def test_a_thousand_of_one_organisation_do_not_hold_up_a_few_of_another(database, trouble):
    large, small = Invited.make(database), Invited.make(database)
    large.invite(30)
    small.invite(3)
    with mail_server() as server:
        if trouble:
            with database.writing() as session:
                session.execute(
                    update(OutboxMessage)
                    .where(OutboxMessage.organisation_id == large.home.organisation)
                    .values(to_address="full@example.com")
                )
                session.execute(update(Recipient).where(Recipient.round_id == large.round_id).values(name="Otra"))
        works = handlers(database, server.url)
        connection = MailConnection(works.mailer)
        for _ in range(8):  # two turns more than the small one needs, if they alternate
            works.send_of_mailings(connection)
            threading.Event().wait(works.pace.total_seconds())
        connection.close()
        texts = [plain(message) for message in arrived_in(server)]
    assert sum(small.token in text for text in texts) == 3


@pytest.mark.both_databases
def test_organisations_take_turns_whoever_wrote_first(database):
    homes = [Invited.make(database) for _ in range(3)]
    for invited in homes:
        invited.invite(4)
    with mail_server() as server:
        texts = [plain(message) for message in send_all(database, server)]
    order = [next(number for number, invited in enumerate(homes) if invited.token in text) for text in texts]
    assert len(order) == 12
    for turn in range(4):
        assert sorted(order[3 * turn : 3 * turn + 3]) == [0, 1, 2]


def test_a_reminder_goes_to_everybody_thanks_and_comes_once_a_day(database):
    invited = Invited.make(database)
    invited.invite(3)
    with mail_server() as server:
        send_all(database, server)
        with pytest.raises(TooSoon), database.writing() as session:
            remind(session, **invited.writing, now=utc_now())
        tomorrow = utc_now() + DAY
        with database.writing() as session:
            assert remind(session, **invited.writing, now=tomorrow) == 3
        with pytest.raises(TooSoon), database.writing() as session:
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
        plan_notices(session, **invited.where, notices=Notices(closing_soon=True, closed=False), now=now)
    late = now + 6 * DAY
    for at, is_due in ((now, False), (late, True)):
        with database.reading() as session:
            assert has_planned(session, now=at) is is_due
    told = []
    for _ in range(2):
        with database.writing() as session:
            told.append(queue_planned(session, new_message_id=new_message_id, now=late))
    assert told == [2, 0]


def closed_round(database, number: int = 2, **changes) -> Invited:
    """Its invitations are sent, and it was stopped just now."""
    invited = Invited.make(database, **changes)
    invited.invite(number, reply_to="manager@example.com")
    with mail_server() as server:
        send_all(database, server)
    with database.writing() as session:
        stop_round(session, **invited.where, now=utc_now())
    return invited


def told_of_closing(database, *, after=AFTER_CLOSING) -> list:
    """What arrives once the worker has looked, that time from now."""
    with mail_server() as server:
        handlers(database, server.url).write_planned(utc_now() + after)
        with database.writing() as session:
            session.execute(
                update(OutboxMessage)
                .where(OutboxMessage.state == OutboxState.WAITING)
                .values(next_attempt_at=utc_now() - DAY)
            )
        return send_all(database, server)


def test_an_hour_after_closing_everybody_is_thanked_and_told_what_happens_next(database):
    invited = closed_round(database)
    assert told_of_closing(database, after=AFTER_CLOSING / 2) == []
    messages = told_of_closing(database)
    assert {message["To"] for message in messages} == {"person0@example.com", "person1@example.com"}
    for message in messages:
        assert message["Reply-To"] == "manager@example.com"
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        for kind in ("plain", "html"):
            content = message.get_body((kind,)).get_content()
            assert f"{BASE}/p/" in content
            assert f"{BASE}/r/" not in content
            assert "gracias" in content
    assert told_of_closing(database) == []
    texts = {re.sub(r"/u/\S+", "/u/", re.sub(r"Persona \d", "Persona", plain(message))) for message in messages}
    assert len(texts) == 1
    assert invited.token not in texts.pop()


def test_a_round_that_closes_by_its_date_tells_it_too_and_says_by_which_day_people_hear_more(database):
    invited = Invited.make(database)
    invited.invite(1)
    day = utc_now().date() + 20 * DAY
    with database.writing() as session:
        plan_notices(
            session, **invited.where, notices=Notices(closing_soon=None, closed=True, results_on=day), now=utc_now()
        )
    with mail_server() as server:
        send_all(database, server)
    invited.change(closes_at=utc_now() - AFTER_CLOSING)
    (message,) = told_of_closing(database, after=DAY / 24)
    assert Localisation("es", "CO").date(day) in plain(message)


def test_a_day_that_has_passed_is_not_said(database):
    invited = Invited.make(database)
    invited.invite(1)
    day = utc_now().date() - 2 * DAY
    with database.writing() as session:
        plan_notices(session, **invited.where, notices=Notices(None, closed=True, results_on=day), now=utc_now())
    with mail_server() as server:
        send_all(database, server)
    invited.change(stopped_at=utc_now())
    (message,) = told_of_closing(database)
    assert "cuando el equipo" in plain(message)


def test_nobody_is_told_of_closing_where_that_is_turned_off_undone_or_long_ago(database):
    off, reopened, discarded, old = (closed_round(database, 1) for _ in range(4))
    now = utc_now()
    with database.writing() as session:
        plan_notices(session, **off.where, notices=Notices(closing_soon=None, closed=False), now=now)
        reopen_round(session, **reopened.where, closes_at=now + 7 * DAY, now=now)
        discard_round(session, **discarded.where, now=now)
    old.change(stopped_at=now - 8 * DAY)
    assert told_of_closing(database) == []


def test_a_round_that_opens_again_while_messages_wait_tells_nobody_else(database):
    invited = closed_round(database, 3)
    with mail_server() as server:
        handlers(database, server.url).write_planned(utc_now() + AFTER_CLOSING)
        with database.writing() as session:
            reopen_round(session, **invited.where, closes_at=None, now=utc_now())
        invited.due_now()
        assert send_all(database, server) == []


def test_closed_a_second_time_only_those_are_told_who_were_not(database):
    invited = closed_round(database, 2)
    assert len(told_of_closing(database)) == 2
    with database.writing() as session:
        reopen_round(session, **invited.where, closes_at=None, now=utc_now())
    invited.invite(3)
    with mail_server() as server:
        send_all(database, server)
    with database.writing() as session:
        stop_round(session, **invited.where, now=utc_now())
    assert [message["To"] for message in told_of_closing(database)] == ["person2@example.com"]


def test_whoever_unsubscribed_or_was_told_of_the_plan_is_not_told_of_closing(database):
    unwanted, planned = closed_round(database, 1), closed_round(database, 1)
    token = address_token(SECRET, unwanted.home.organisation, "person0@example.com")
    planned.change(plan_shared_at=utc_now())
    with database.writing() as session:
        set_subscribed(session, secret=SECRET, token=token, is_on=False)
        tell_of_plan(session, **planned.writing, now=utc_now())
    assert [message["Subject"] for message in told_of_closing(database)] == ["Ya tenemos nuestro plan: Mesa de ayuda"]


def test_what_was_refused_is_tried_again_once_its_mailbox_exists(database):
    invited = Invited.make(database)
    invited.invite(3)
    with mail_server() as server:
        server.unknown = {"person0@example.com", "person1@example.com"}
        assert len(send_all(database, server)) == 1
        server.unknown = {"person1@example.com"}
        with database.writing() as session:
            assert try_again(session, **invited.where, now=utc_now()) == 2
        assert [message["To"] for message in send_all(database, server)] == ["person0@example.com"]
        with database.reading() as session:
            assert [one.address for one in undelivered_of(session, **invited.where)] == ["person1@example.com"]
    with database.writing() as session:
        assert try_again(session, **invited.where, now=utc_now() + 30 * DAY) == 0  # it has closed by then


def test_another_address_is_invited_in_the_place_of_a_refused_one(database):
    invited = Invited.make(database)
    invited.invite(2)
    with mail_server() as server:
        server.unknown = {"person0@example.com"}
        send_all(database, server)
        with database.reading() as session:
            (wrong,) = undelivered_of(session, **invited.where)
        how = {**invited.writing, "recipient_id": wrong.id, "secret": SECRET, "now": utc_now()}
        with pytest.raises(InvalidEmail), database.writing() as session:
            correct_address(session, **how, address="persona sin arroba")
        with database.reading() as session:
            reached = session.scalars(select(Recipient).where(Recipient.id != wrong.id)).one()
        with pytest.raises(AlreadyReached), database.writing() as session:
            correct_address(session, **{**how, "recipient_id": reached.id}, address="otra@example.com")
        with database.writing() as session:
            assert correct_address(session, **how, address="Persona.Cero@Example.com") == "persona.cero@example.com"
        (message,) = send_all(database, server)
    assert (message["To"], "Persona 0" in plain(message)) == ("persona.cero@example.com", True)
    with database.reading() as session:
        assert recipients_of(session, **invited.where, now=utc_now()).total == 2
        assert undelivered_of(session, **invited.where) == []


def test_an_invitation_is_not_repeated_to_whoever_was_removed_and_is_added_again(database):
    invited = Invited.make(database)
    invited.invite(1)
    with mail_server() as server:
        assert len(send_all(database, server)) == 1
        for _ in range(3):
            with database.writing() as session:
                one = session.scalars(select(Recipient)).one()
                remove_recipient(session, **invited.where, recipient_id=one.id, secret=SECRET)
            assert invited.invite(1) == 1
        assert send_all(database, server) == []
        with database.writing() as session:
            assert remind(session, **invited.writing, now=utc_now() + DAY) == 1
        invited.due_now()
        assert len(send_all(database, server)) == 1


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
                process.join()
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
