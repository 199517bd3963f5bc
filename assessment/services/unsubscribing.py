"""Whoever wants no more e-mail says so by one request, without an account (RFC 8058).

A link holds an organisation and a keyed hash of the address, or an account, signed with the server's key. It needs no
row to be valid, so that it works after the address was deleted, and only the hash of who unsubscribed is kept.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from assessment.store import recipients as store
from assessment.store.accounts import User
from assessment.store.organisations import Organisation

_ADDRESS, _ACCOUNT = b"o", b"a"
_SHORT = 16
"""Bytes of a keyed hash: 128 bits."""


class UnknownUnsubscribeLink(LookupError):
    """The link is not of this server, or what it was for has gone."""


@dataclass(frozen=True, slots=True)
class MailSource:
    """`organisation` is whose messages to one address the link ends; `None` for an account's own notices."""

    organisation: Organisation | None
    is_off: bool
    """Whether they are ended already."""


def address_hash(secret: str, organisation_id: uuid.UUID, address: str) -> str:
    """What is kept instead of an address, in hexadecimal: another one for each organisation."""
    return _digest(secret, b"unsubscribed:" + organisation_id.bytes + address.lower().encode()).hex()


def address_token(secret: str, organisation_id: uuid.UUID, address: str) -> str:
    """For the link in an organisation's messages to an address: always the same."""
    return _signed(
        secret, _ADDRESS + organisation_id.bytes + bytes.fromhex(address_hash(secret, organisation_id, address))
    )


def account_token(secret: str, user_id: int) -> str:
    """For the link in notices to an account."""
    return _signed(secret, _ACCOUNT + user_id.to_bytes(8))


def source_of(session: Session, *, secret: str, token: str) -> MailSource:
    """What a link is about. Raises `UnknownUnsubscribeLink`."""
    organisation_id, hashed, user_id = _read(secret, token)
    if organisation_id is None:
        return MailSource(None, is_off=not _account(session, user_id).gets_due_notices)
    organisation = session.get(Organisation, organisation_id)
    if organisation is None:
        raise UnknownUnsubscribeLink
    return MailSource(organisation, bool(store.unsubscribed_among(session, organisation_id, [hashed])))


def set_subscribed(session: Session, *, secret: str, token: str, is_on: bool) -> None:
    """Ends what a link is about, or begins it again. Raises `UnknownUnsubscribeLink`."""
    source = source_of(session, secret=secret, token=token)
    organisation_id, hashed, user_id = _read(secret, token)
    if source.organisation is None:
        _account(session, user_id).gets_due_notices = is_on
    elif is_on:
        store.remove_unsubscribed(session, source.organisation.id, hashed)
    else:
        assert organisation_id is not None  # noqa: S101 - it names one
        store.add_unsubscribed(session, organisation_id, hashed)
    session.flush()


def unsubscribed_addresses(
    session: Session, *, secret: str, organisation_id: uuid.UUID, addresses: Iterable[str]
) -> frozenset[str]:
    """Those of these addresses that want no e-mail of the organisation."""
    by_hash = {address_hash(secret, organisation_id, address): address for address in addresses}
    return frozenset(by_hash[one] for one in store.unsubscribed_among(session, organisation_id, by_hash))


def _account(session: Session, user_id: int) -> User:
    account = session.get(User, user_id)
    if account is None:
        raise UnknownUnsubscribeLink
    return account


def _read(secret: str, token: str) -> tuple[uuid.UUID | None, str, int]:
    """The organisation and the hash of an address, or no organisation and an account's id."""
    try:
        raw = base64.urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
    except (UnicodeEncodeError, binascii.Error):
        raise UnknownUnsubscribeLink from None
    said, signature = raw[:-_SHORT], raw[-_SHORT:]
    if not hmac.compare_digest(_digest(secret, b"unsubscribe link:" + said), signature):
        raise UnknownUnsubscribeLink
    if said[:1] == _ACCOUNT:
        return None, "", int.from_bytes(said[1:])
    return uuid.UUID(bytes=said[1:17]), said[17:].hex(), 0


def _signed(secret: str, said: bytes) -> str:
    signature = _digest(secret, b"unsubscribe link:" + said)
    return base64.urlsafe_b64encode(said + signature).decode().rstrip("=")


def _digest(secret: str, said: bytes) -> bytes:
    return hmac.digest(secret.encode(), said, "sha256")[:_SHORT]
