"""How long addresses are kept, what is remembered of who unsubscribed, and what goes with a round."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from assessment.infra.clock import utc_now
from assessment.intake.addresses import GivenAddress
from assessment.services.accounts import checked_email
from assessment.services.mailings import NotOfThisRound
from assessment.services.recipients import (
    TooManyRecipients,
    check_list,
    has_people_of_last_round,
    remove_recipient,
)
from assessment.services.retention import KEEPS_ADDRESSES, delete_addresses_that_are_over
from assessment.services.rounds import discard_round, get_round, invite
from assessment.services.unsubscribing import (
    UnknownUnsubscribeLink,
    account_token,
    address_token,
    set_subscribed,
    source_of,
    unsubscribed_addresses,
)
from assessment.store.outbox import OutboxMessage
from assessment.store.recipients import Mailing, Recipient, RemovedRecipient, UnsubscribedAddress
from tests.jobs.mailings import DAY, SECRET, Invited

pytestmark = pytest.mark.both_databases


def kept(database) -> list[int]:
    with database.reading() as session:
        return [len(session.scalars(select(model)).all()) for model in (Recipient, Mailing, OutboxMessage)]


def test_addresses_and_their_messages_are_deleted_thirty_days_after_closing(database):
    invited = Invited.make(database)
    invited.invite(3)
    now = utc_now()
    invited.change(stopped_at=now)
    assert delete_addresses_that_are_over(database, now=now + KEEPS_ADDRESSES - DAY) == 0
    assert kept(database) == [3, 2, 3]  # the invitation, and what is planned for when it has closed
    assert delete_addresses_that_are_over(database, now=now + KEEPS_ADDRESSES) == 1
    assert kept(database) == [0, 0, 0]
    with database.reading() as session:
        assert not has_people_of_last_round(session, round_=get_round(session, **invited.where))


def test_a_round_that_was_opened_again_keeps_its_addresses(database):
    invited = Invited.make(database, closes_in=None)
    invited.invite()
    assert delete_addresses_that_are_over(database, now=utc_now() + 400 * DAY) == 0


def test_a_discarded_round_takes_its_addresses_along_at_once(database):
    invited = Invited.make(database)
    invited.invite(2)
    with database.writing() as session:
        discard_round(session, **invited.where, now=utc_now())
    assert kept(database) == [0, 0, 0]


def test_of_who_unsubscribed_no_address_is_kept_and_another_organisation_is_not_meant(database):
    invited, other = Invited.make(database), Invited.make(database)
    address = checked_email("Ana@Example.com")
    token = address_token(SECRET, invited.home.organisation, address)
    with database.writing() as session:
        for _ in range(2):
            set_subscribed(session, secret=SECRET, token=token, is_on=False)
        (row,) = session.scalars(select(UnsubscribedAddress))
        assert "ana" not in row.address_hash
        for home, expected in ((invited.home, {address}), (other.home, set())):
            off = unsubscribed_addresses(
                session, secret=SECRET, organisation_id=home.organisation, addresses=[address, "luis@example.com"]
            )
            assert off == expected


def test_a_link_of_another_servers_key_or_of_what_has_gone_is_unknown(database):
    invited = Invited.make(database)
    good = address_token(SECRET, invited.home.organisation, "ana@example.com")
    for token in (
        address_token("x" * 40, invited.home.organisation, "ana@example.com"),
        good[:30] + ("A" if good[30] != "A" else "B") + good[31:],
        account_token(SECRET, 999_999),
        address_token(SECRET, invited.round_id, "ana@example.com"),
        "",
    ):
        with database.reading() as session, pytest.raises(UnknownUnsubscribeLink):
            source_of(session, secret=SECRET, token=token)


def looked_at(database, invited: Invited, *addresses: str):
    given = [GivenAddress(number, one, one) for number, one in enumerate(addresses, 1)]
    with database.reading() as session:
        return check_list(session, **invited.where, given=given, secret=SECRET)


def take_out(database, invited: Invited, address: str) -> None:
    with database.writing() as session:
        recipient = session.scalars(select(Recipient).where(Recipient.address == address)).one()
        remove_recipient(session, **invited.where, recipient_id=recipient.id, secret=SECRET)


def test_whoever_was_removed_is_told_apart_where_a_list_has_them_again(database):
    invited = Invited.make(database)
    invited.invite(2)
    take_out(database, invited, "person0@example.com")
    checked = looked_at(database, invited, "person0@example.com", "person1@example.com", "new@example.com")
    assert [one.address for one in checked.removed] == ["person0@example.com"]
    assert [one.address for one in checked.people] == ["new@example.com"]
    assert checked.known == 1
    with database.reading() as session:
        (kept_of_it,) = session.scalars(select(RemovedRecipient))
        assert "person0" not in kept_of_it.address_hash


def test_what_is_kept_of_a_removed_address_goes_with_the_others(database):
    invited = Invited.make(database)
    invited.invite(2)
    take_out(database, invited, "person0@example.com")
    now = utc_now()
    invited.change(stopped_at=now)
    delete_addresses_that_are_over(database, now=now + KEEPS_ADDRESSES)
    with database.reading() as session:
        assert session.scalars(select(RemovedRecipient)).all() == []


def test_an_invitation_that_had_not_left_is_written_again_to_whoever_is_added_again(database):
    invited = Invited.make(database)
    invited.invite(1)
    take_out(database, invited, "person0@example.com")
    assert invited.invite(1) == 1
    assert [message.to_address for message in invited.messages()] == ["person0@example.com"]


def test_a_round_has_two_thousand_recipients_at_most(database):
    invited = Invited.make(database)
    invited.invite(2_000)
    with pytest.raises(TooManyRecipients):
        invited.invite(2_001)


def test_a_round_with_personal_links_is_announced_to_nobody(database):
    invited = Invited.make(database)
    with database.writing() as session:
        invite(session, **invited.where, how_many=2)
    with pytest.raises(NotOfThisRound):
        invited.invite()
