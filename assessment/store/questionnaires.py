"""Versions of questionnaires as they were read, and which of them a round asks."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import cast

from sqlalchemy import (
    CheckConstraint,
    Connection,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Table,
    Text,
    UniqueConstraint,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from assessment.store.base import Base, RandomKey, belongs_to

STANDARD = uuid.UUID(int=0)
"""The owner of what the product ships."""


class QuestionnaireVersion(RandomKey, Base):
    """A version of a questionnaire: an organisation's own, or a standard one, which has no organisation.

    `content` is its text exactly as it was read, whose SHA-256 is `checksum` ("sha256:…"); NULL where a round pinned a
    text that is not known any more. A row never changes. `owner_id` is the organisation or `STANDARD`: unlike NULL it
    is equal to itself, so that keys can hold it.
    """

    __tablename__ = "questionnaire_versions"
    __table_args__ = (
        CheckConstraint(f"owner_id = coalesce(organisation_id, '{STANDARD.hex}')", name="owner"),
        UniqueConstraint("owner_id", "questionnaire_id", "version", "checksum"),
        Index("uq_questionnaire_versions_owner_id_id", "owner_id", "id", unique=True),
    )

    organisation_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("organisations.id", ondelete="CASCADE"), index=True
    )
    owner_id: Mapped[uuid.UUID]
    questionnaire_id: Mapped[str] = mapped_column(String(60))
    version: Mapped[int]
    checksum: Mapped[str] = mapped_column(String(80))
    content: Mapped[str | None] = mapped_column(Text, deferred=True)


class RoundQuestionnaire(Base):
    """A version that a round asks: a standard one or one of its own organisation, never another's."""

    __tablename__ = "round_questionnaires"
    __table_args__ = (
        belongs_to("rounds", "round_id"),
        ForeignKeyConstraint(
            ["version_owner_id", "questionnaire_version_id"],
            ["questionnaire_versions.owner_id", "questionnaire_versions.id"],
            ondelete="CASCADE",
        ),
        CheckConstraint(f"version_owner_id in (organisation_id, '{STANDARD.hex}')", name="version_owner"),
    )

    organisation_id: Mapped[uuid.UUID]
    round_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version_owner_id: Mapped[uuid.UUID]
    questionnaire_version_id: Mapped[uuid.UUID] = mapped_column(index=True)

    version: Mapped[QuestionnaireVersion] = relationship(lazy="joined", innerjoin=True)


def store_version(
    session: Session,
    *,
    organisation_id: uuid.UUID | None,
    questionnaire_id: str,
    version: int,
    checksum: str,
    content: str,
) -> QuestionnaireVersion:
    """The stored version with this checksum, stored now unless it was; if two store it at once, one row results."""
    owner = organisation_id or STANDARD
    wanted = select(QuestionnaireVersion).filter_by(
        owner_id=owner, questionnaire_id=questionnaire_id, version=version, checksum=checksum
    )
    if stored := session.scalar(wanted):
        return stored
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    row = {
        "id": uuid.uuid4(),
        "organisation_id": organisation_id,
        "owner_id": owner,
        "questionnaire_id": questionnaire_id,
        "version": version,
        "checksum": checksum,
        "content": content,
    }
    session.execute(dialect.insert(QuestionnaireVersion).values(row).on_conflict_do_nothing())
    return session.scalars(wanted).one()


def find_own_version(
    session: Session, organisation_id: uuid.UUID, questionnaire_id: str
) -> QuestionnaireVersion | None:
    """The newest version of an organisation's own questionnaire."""
    return session.scalar(
        select(QuestionnaireVersion)
        .where(
            QuestionnaireVersion.organisation_id == organisation_id,
            QuestionnaireVersion.questionnaire_id == questionnaire_id,
        )
        .order_by(QuestionnaireVersion.version.desc(), QuestionnaireVersion.id)
        .limit(1)
    )


def newest_own_versions(session: Session, organisation_id: uuid.UUID) -> list[QuestionnaireVersion]:
    """The newest version of each questionnaire that is an organisation's own, by their ids."""
    found = session.scalars(
        select(QuestionnaireVersion)
        .where(QuestionnaireVersion.organisation_id == organisation_id)
        .order_by(QuestionnaireVersion.questionnaire_id, QuestionnaireVersion.version.desc(), QuestionnaireVersion.id)
    )
    newest: dict[str, QuestionnaireVersion] = {}
    for version in found:
        newest.setdefault(version.questionnaire_id, version)
    return list(newest.values())


def read_versions(asking: Session | Connection, ids: Sequence[uuid.UUID]) -> list[tuple[str, str | None]]:
    """The id of the questionnaire and the text of each of these versions, in this order."""
    table = cast(Table, QuestionnaireVersion.__table__)
    rows = asking.execute(select(table.c.id, table.c.questionnaire_id, table.c.content).where(table.c.id.in_(ids)))
    texts: dict[uuid.UUID, tuple[str, str | None]] = {id_: (of, content) for id_, of, content in rows}
    return [texts[id_] for id_ in ids]
