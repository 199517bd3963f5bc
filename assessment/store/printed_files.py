"""Printed documents as they were handed out, each content once for an organisation."""

from __future__ import annotations

import hashlib
import uuid

from sqlalchemy import ForeignKey, String
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from assessment.store.base import Base


class PrintedFile(Base):
    """A PDF; `sha256` is that of its bytes, in hexadecimal."""

    __tablename__ = "printed_files"

    organisation_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("organisations.id", ondelete="CASCADE"), primary_key=True
    )
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    content: Mapped[bytes]


def keep_file(session: Session, organisation_id: uuid.UUID, content: bytes) -> PrintedFile:
    """The file with this content, stored now unless it was."""
    sha256 = hashlib.sha256(content).hexdigest()
    key = (organisation_id, sha256)
    if there := session.get(PrintedFile, key):
        return there
    file = PrintedFile(organisation_id=organisation_id, sha256=sha256, content=content)
    try:
        with session.begin_nested():
            session.add(file)
    except IntegrityError:  # somebody stored the same at the same time
        return session.get_one(PrintedFile, key)
    return file
