"""Who accompanies an organisation: a name and a logo in the foot of its documents.

A consultant keeps their own with the account. It is on no document until an administrator of an organisation takes it
over: what is printed is a copy that belongs to the organisation, the same whoever prints, which its administrators see
and remove.
"""

from __future__ import annotations

import base64
import hashlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from assessment.domain.plain_text import plain_line
from assessment.infra.pictures import Picture
from assessment.store.consultancies import (
    LONGEST_NAME,
    AccountConsultancy,
    OrganisationConsultancy,
    find_facts_of_account,
    find_facts_of_organisation,
    find_of_account,
    find_of_organisation,
)
from reports.engine.consultancy import NO_CONSULTANCY, Consultancy
from reports.engine.scripts import isolated

__all__ = ["LONGEST_NAME"]


class NoConsultancy(LookupError):
    """The account keeps none, or none accompanies the organisation; or it has no logo, where one is asked for."""


class NamelessConsultancy(ValueError):
    """A name of letters is needed: a logo alone would tell nobody who that is."""


@dataclass(frozen=True, slots=True)
class Letterhead:
    """A consultancy as pages show it; `checksum` changes with the logo, and is empty without one."""

    name: str = ""
    checksum: str = ""
    width: int = 0
    height: int = 0

    @property
    def mark(self) -> str:
        """Another one whenever name or logo are."""
        return hashlib.sha256(f"{self.name}\n{self.checksum}".encode()).hexdigest()[:16]

    def __bool__(self) -> bool:
        return bool(self.name)


def read_own(session: Session, *, user_id: int) -> Letterhead:
    """What the account keeps as its own."""
    return _letterhead(find_facts_of_account(session, user_id))


def read_of_organisation(session: Session, *, organisation_id: uuid.UUID) -> Letterhead:
    """Who accompanies the organisation."""
    return _letterhead(find_facts_of_organisation(session, organisation_id))


def set_own(session: Session, *, user_id: int, name: str, picture: Picture | None = None) -> None:
    """The account's own; without a `picture` the logo stays as it is. Organisations keep what they have taken over.

    Raises `NamelessConsultancy`.
    """
    _set(session, find_of_account(session, user_id), lambda: AccountConsultancy(user_id=user_id), name, picture)


def set_of_organisation(
    session: Session, *, organisation_id: uuid.UUID, name: str, picture: Picture | None = None
) -> None:
    """Who accompanies the organisation; without a `picture` the logo stays as it is. Raises `NamelessConsultancy`."""
    stored = find_of_organisation(session, organisation_id)
    _set(session, stored, lambda: OrganisationConsultancy(organisation_id=organisation_id), name, picture)


def take_over(session: Session, *, organisation_id: uuid.UUID, user_id: int) -> None:
    """The account's own becomes the one that accompanies the organisation, name and logo. Raises `NoConsultancy`."""
    own = find_of_account(session, user_id)
    if own is None:
        raise NoConsultancy
    picture = Picture(own.media_type, own.width, own.height, own.picture) if own.checksum else _NO_PICTURE
    set_of_organisation(session, organisation_id=organisation_id, name=own.name, picture=picture)


def copy_to_organisation(session: Session, *, from_id: uuid.UUID, to_id: uuid.UUID) -> None:
    """Who accompanies one organisation accompanies another one, too; nothing happens where nobody does."""
    stored = find_of_organisation(session, from_id)
    if stored is not None:
        picture = Picture(stored.media_type, stored.width, stored.height, stored.picture)
        set_of_organisation(session, organisation_id=to_id, name=stored.name, picture=picture)


def remove_own(session: Session, *, user_id: int) -> None:
    if (stored := find_of_account(session, user_id)) is not None:
        session.delete(stored)


def remove_of_organisation(session: Session, *, organisation_id: uuid.UUID) -> None:
    if (stored := find_of_organisation(session, organisation_id)) is not None:
        session.delete(stored)


def remove_own_logo(session: Session, *, user_id: int) -> None:
    """The name stays."""
    _without_logo(find_of_account(session, user_id))


def remove_logo_of_organisation(session: Session, *, organisation_id: uuid.UUID) -> None:
    """The name stays."""
    _without_logo(find_of_organisation(session, organisation_id))


def logo_of_account(session: Session, *, user_id: int) -> AccountConsultancy:
    """With the picture. Raises `NoConsultancy`."""
    stored = find_of_account(session, user_id)
    if stored is None or not stored.checksum:
        raise NoConsultancy
    return stored


def logo_of_organisation(session: Session, *, organisation_id: uuid.UUID) -> OrganisationConsultancy:
    """With the picture. Raises `NoConsultancy`."""
    stored = find_of_organisation(session, organisation_id)
    if stored is None or not stored.checksum:
        raise NoConsultancy
    return stored


def printed_consultancy(session: Session, *, organisation_id: uuid.UUID) -> Consultancy:
    """As documents of the organisation show it."""
    stored = find_of_organisation(session, organisation_id)
    if stored is None:
        return NO_CONSULTANCY
    encoded = base64.b64encode(stored.picture).decode("ascii")
    return Consultancy(isolated(stored.name), f"data:{stored.media_type};base64,{encoded}" if stored.checksum else "")


_NO_PICTURE = Picture("", 0, 0, b"")


def _set(
    session: Session,
    stored: AccountConsultancy | OrganisationConsultancy | None,
    make: Callable[[], AccountConsultancy | OrganisationConsultancy],
    name: str,
    picture: Picture | None,
) -> None:
    written = plain_line(name)[:LONGEST_NAME].strip()
    if not written:
        raise NamelessConsultancy
    if stored is None:
        stored = make()
        _put(stored, picture or _NO_PICTURE)
        session.add(stored)
    elif picture is not None:
        _put(stored, picture)
    stored.name = written
    session.flush()


def _put(stored: AccountConsultancy | OrganisationConsultancy, picture: Picture) -> None:
    stored.media_type, stored.width, stored.height = picture.media_type, picture.width, picture.height
    stored.picture = picture.data
    stored.checksum = hashlib.sha256(picture.data).hexdigest() if picture.data else ""


def _without_logo(stored: AccountConsultancy | OrganisationConsultancy | None) -> None:
    if stored is not None:
        _put(stored, _NO_PICTURE)


def _letterhead(stored: AccountConsultancy | OrganisationConsultancy | None) -> Letterhead:
    return Letterhead(stored.name, stored.checksum, stored.width, stored.height) if stored else Letterhead()
