"""E-mail from its transaction to the server: once, later, given up, expired; its text is gone when nobody needs it."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from sqlalchemy import select, text

from assessment.infra.clock import utc_now
from assessment.infra.mail import MailNotSent, make_mailer
from assessment.infra.queue import Queue
from assessment.jobs.handlers import Handlers
from assessment.jobs.worker import sweep
from assessment.services import outbox
from assessment.services.outbox import NotToBeRetried, UnknownMessage
from assessment.store.outbox import OutboxMessage, OutboxState
from tests.jobs.build import NOW, SECRET, state_of, write
from tests.mail_server import mail_server
from tests.services.build import make_home

DAY = dt.timedelta(days=1)
EVERY = dt.timedelta(seconds=4)


def sender(database, url: str) -> Queue:
    """A queue whose messages are sent as they are put."""
    queue = Queue(None)
    queue.handle_with(Handlers(database, make_mailer(url, None), queue, {}).by_topic)
    return queue


def fail(database, message, failure, *, at):
    """One attempt that fails; returns the message as it stands then."""
    with database.writing() as session:
        claimed = outbox.claim_message(session, message_id=message.id, now=at)
        assert claimed is not None
    with database.writing() as session:
        outbox.record_failure(session, claimed, failure, now=at)
    return state_of(database, message)


def test_a_message_arrives_and_its_text_is_gone_from_the_database(database):
    with mail_server() as server:
        message = write(database, now=utc_now())
        sender(database, server.url).put("mail", message.id)
        arrived = server.next_message()
    assert SECRET in arrived.get_content()
    assert arrived["Message-ID"] == "<1@example.com>"
    stored = state_of(database, message)
    assert (stored.state, stored.text, stored.html) == (OutboxState.SENT, "", None)
    assert stored.sent_at is not None


def test_a_message_of_a_transaction_that_fails_is_not_there(database):
    with database.writing() as session:
        undone = session.begin_nested()
        outbox.queue_mail(
            session, message_id="<1@x>", to="a@example.com", subject="x", text="x", language="es", now=NOW
        )
        undone.rollback()
    with database.reading() as session:
        assert session.scalars(select(OutboxMessage)).all() == []


def test_a_message_that_is_being_sent_is_nobody_elses_until_the_lease_is_over(database):
    message = write(database)
    with database.writing() as session:
        assert outbox.claim_message(session, message_id=message.id, now=NOW)
    for at, is_free in ((NOW, False), (NOW + outbox.LEASE, True)):
        with database.reading() as session:
            assert (message.id in outbox.due_messages(session, now=at)) is is_free
        with database.writing() as session:
            assert (outbox.claim_message(session, message_id=message.id, now=at) is not None) is is_free


def test_pauses_grow_and_the_message_is_given_up_with_its_text_for_another_try(database):
    message, at, pauses = write(database, lifetime=10 * DAY), NOW, []
    stored = message
    for _ in range(outbox.MOST_ATTEMPTS - 1):
        stored = fail(database, message, MailNotSent("unreachable"), at=at)
        assert stored.state is OutboxState.WAITING
        pauses.append(stored.next_attempt_at - at)
        at = stored.next_attempt_at
    assert pauses == sorted(set(pauses))
    stored = fail(database, message, MailNotSent("unreachable"), at=at)
    assert (stored.state, stored.reason) == (OutboxState.FAILED, "unreachable")
    assert SECRET in stored.text


def test_an_address_that_the_server_does_not_know_is_given_up_at_once_and_for_good(database):
    with mail_server() as server:
        server.refuses = True
        message = write(database, now=utc_now())
        sender(database, server.url).put("mail", message.id)
    stored = state_of(database, message)
    assert (stored.state, stored.reason, stored.text) == (OutboxState.FAILED, "address", "")


@pytest.mark.parametrize("trouble", ["is_full", "is_away", "drops"])
def test_a_server_in_trouble_is_asked_again_with_the_same_message(database, trouble):
    with mail_server() as server:
        setattr(server, trouble, True)
        message = write(database, now=utc_now())
        queue = sender(database, server.url)
        queue.put("mail", message.id)
        assert state_of(database, message).state is OutboxState.WAITING
        setattr(server, trouble, False)
        with database.writing() as session:
            session.get_one(OutboxMessage, message.id).next_attempt_at = NOW
        queue.put("mail", message.id)
        arrived = [server.next_message() for _ in range(1 + (trouble == "drops"))]
    assert {str(one) for one in arrived} == {str(arrived[0])}
    assert state_of(database, message).state is OutboxState.SENT


@pytest.mark.parametrize("state", [OutboxState.WAITING, OutboxState.FAILED, OutboxState.SENDING])
def test_what_is_true_no_more_is_not_sent_and_loses_its_text(database, state):
    message = write(database, lifetime=DAY)
    with database.writing() as session:
        session.get_one(OutboxMessage, message.id).state = state
    sweep(database, Queue(None), now=NOW + DAY, every=EVERY)
    stored = state_of(database, message)
    assert (stored.state, stored.text) == (OutboxState.EXPIRED, "")


def test_a_message_that_expired_before_the_sweep_is_not_sent_either(database):
    message = write(database, lifetime=DAY)
    with database.writing() as session:
        assert outbox.claim_message(session, message_id=message.id, now=NOW + DAY) is None


def test_addresses_do_not_stay_for_good(database):
    write(database, 1)
    sweep(database, Queue(None), now=NOW + outbox.LIFETIME, every=EVERY)
    sweep(database, Queue(None), now=NOW + outbox.KEPT + DAY, every=EVERY)
    with database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM outbox")) == 0


def test_a_message_is_tried_again_by_its_own_organisation_only(database):
    home = make_home(database)
    message = write(database, organisation_id=home.organisation)
    stored = fail(database, message, MailNotSent("refused"), at=NOW)
    assert stored.next_attempt_at > NOW
    with database.writing() as session, pytest.raises(UnknownMessage):
        outbox.retry_message(session, organisation_id=uuid.uuid4(), message_id=message.id, now=NOW)
    with database.writing() as session:
        outbox.retry_message(session, organisation_id=home.organisation, message_id=message.id, now=NOW)
    stored = state_of(database, message)
    assert (stored.state, stored.attempts, stored.next_attempt_at) == (OutboxState.WAITING, 0, NOW)


def test_what_is_sent_is_not_sent_again_on_request(database):
    home = make_home(database)
    message = write(database, organisation_id=home.organisation)
    with database.writing() as session:
        outbox.record_sent(session, message, now=NOW)
    with database.writing() as session, pytest.raises(NotToBeRetried):
        outbox.retry_message(session, organisation_id=home.organisation, message_id=message.id, now=NOW)


def test_a_withdrawn_message_is_never_sent(database):
    home = make_home(database)
    message = write(database, organisation_id=home.organisation)
    with database.writing() as session:
        outbox.withdraw_mail(session, organisation_id=home.organisation, to="person1@example.com", now=NOW)
    with database.writing() as session:
        assert outbox.claim_message(session, message_id=message.id, now=NOW) is None
    assert state_of(database, message).text == ""


def test_without_a_mail_server_messages_wait(database):
    message = write(database, now=utc_now())
    Handlers(database, None, Queue(None), {}).send_mail(message.id)
    assert state_of(database, message).state is OutboxState.WAITING
