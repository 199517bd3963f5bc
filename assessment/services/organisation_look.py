"""How an organisation's documents look: its logo and its accent colour."""

from __future__ import annotations

import base64
import hashlib
import uuid
from dataclasses import dataclass

from sqlalchemy.orm import Session

from assessment.domain.colours import parse_colour, readable_colour
from assessment.infra.pictures import Picture
from assessment.store.logos import Logo, delete_logo, find_logo, find_logo_facts
from assessment.store.organisations import Organisation


class NoLogo(LookupError):
    """The organisation has no logo."""


@dataclass(frozen=True, slots=True)
class Look:
    """The accent colour, and whether there is a logo; `checksum` changes with it."""

    accent: str
    checksum: str = ""
    width: int = 0
    height: int = 0


def read_look(session: Session, *, organisation: Organisation) -> Look:
    logo = find_logo_facts(session, organisation.id)
    if logo is None:
        return Look(organisation.accent)
    return Look(organisation.accent, logo.checksum, logo.width, logo.height)


def set_accent(session: Session, *, organisation: Organisation, colour: str) -> str:
    """Sets the accent colour; returns it as stored, dark enough for white text. Raises `NotAColour`."""
    stored = session.get_one(Organisation, organisation.id)
    stored.accent = readable_colour(parse_colour(colour))
    return stored.accent


def set_logo(session: Session, *, organisation: Organisation, picture: Picture) -> Logo:
    """Sets the logo. It was drawn again from the uploaded file before, while nobody waited to write."""
    logo = find_logo(session, organisation.id)
    if logo is None:
        logo = Logo(organisation_id=organisation.id)
        session.add(logo)
    logo.media_type, logo.width, logo.height = picture.media_type, picture.width, picture.height
    logo.picture, logo.checksum = picture.data, hashlib.sha256(picture.data).hexdigest()
    session.flush()
    return logo


def remove_logo(session: Session, *, organisation: Organisation) -> None:
    delete_logo(session, organisation.id)


def get_logo(session: Session, *, organisation_id: uuid.UUID) -> Logo:
    """The logo with its picture. Raises `NoLogo`."""
    logo = find_logo(session, organisation_id)
    if logo is None:
        raise NoLogo
    return logo


def logo_uri(session: Session, *, organisation_id: uuid.UUID) -> str:
    """The logo as a `data:` URI, which documents embed; empty if there is none."""
    logo = find_logo(session, organisation_id)
    if logo is None:
        return ""
    return f"data:{logo.media_type};base64,{base64.b64encode(logo.picture).decode('ascii')}"
