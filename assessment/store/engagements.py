"""Engagement files: which one an organisation travels as, which editions of it are known here, and files to be fetched.

An edition is known by its fingerprint: the SHA-256 of what it holds without answers. A file that names the
edition that is here among those it grew out of may take its place; no other may.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import ForeignKey, String, and_, delete, exists, func, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from assessment.domain.access import OrganisationRole
from assessment.store.base import Base, Moment, RandomKey
from assessment.store.campaigns import Campaign
from assessment.store.comments import Comment
from assessment.store.consultancies import OrganisationConsultancy
from assessment.store.logos import Logo
from assessment.store.members import MemberInvitationTeam
from assessment.store.organisations import Membership, MembershipTeam, Organisation
from assessment.store.plans import Plan
from assessment.store.questionnaires import QuestionnaireVersion
from assessment.store.responses import Response
from assessment.store.rounds import Round
from assessment.store.teams import Team
from assessment.store.workshops import Workshop, WorkshopNote


class Engagement(Base):
    """`key` names an organisation in files: the same wherever it is brought. Two organisations of one database may have
    the same one, where two people brought the same file: it is looked for among those that somebody administers."""

    __tablename__ = "engagements"

    organisation_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("organisations.id", ondelete="CASCADE"), primary_key=True
    )
    key: Mapped[uuid.UUID] = mapped_column(index=True)


class EngagementEdition(Base):
    """An edition that was exported or imported here, or of which what was imported grew out; `number` is its place."""

    __tablename__ = "engagement_editions"

    organisation_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("organisations.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    fingerprint: Mapped[str] = mapped_column(String(64))


class EngagementFile(RandomKey, Base):
    """A file that was made for an account, which alone fetches it; its id is that of the job that made it."""

    __tablename__ = "engagement_files"
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisations.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(160))
    made_at: Mapped[Moment]
    content: Mapped[bytes]


def engagement_key(session: Session, organisation_id: uuid.UUID) -> uuid.UUID:
    """The organisation's key, made now unless it has one."""
    known = session.get(Engagement, organisation_id)
    if known is None:
        known = Engagement(organisation_id=organisation_id, key=uuid.uuid4())
        session.add(known)
        session.flush()
    return known.key


def fingerprints_of(session: Session, organisation_id: uuid.UUID) -> list[str]:
    """Those of the known editions, the first ones first."""
    rows = select(EngagementEdition.fingerprint).where(EngagementEdition.organisation_id == organisation_id)
    return list(session.scalars(rows.order_by(EngagementEdition.number)))


def add_edition(session: Session, organisation_id: uuid.UUID, fingerprint: str) -> None:
    """Remembers an edition, unless it is the last one already."""
    last = session.scalar(
        select(func.max(EngagementEdition.number)).where(EngagementEdition.organisation_id == organisation_id)
    )
    if last is not None:
        known = session.get_one(EngagementEdition, (organisation_id, last))
        if known.fingerprint == fingerprint:
            return
    number = 0 if last is None else last + 1
    session.add(EngagementEdition(organisation_id=organisation_id, number=number, fingerprint=fingerprint))
    session.flush()


def set_editions(session: Session, organisation_id: uuid.UUID, key: uuid.UUID, fingerprints: Sequence[str]) -> None:
    """The organisation is what a file holds: its key, and the editions that lead to it, the last one included."""
    session.merge(Engagement(organisation_id=organisation_id, key=key))
    session.execute(delete(EngagementEdition).where(EngagementEdition.organisation_id == organisation_id))
    session.add_all(
        EngagementEdition(organisation_id=organisation_id, number=number, fingerprint=fingerprint)
        for number, fingerprint in enumerate(fingerprints)
    )
    session.flush()


def find_administered(session: Session, *, key: uuid.UUID, user_id: int) -> list[Organisation]:
    """The organisations of this key that an account administers; never another's."""
    found = session.scalars(
        select(Organisation)
        .join(Engagement, Engagement.organisation_id == Organisation.id)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .where(
            Engagement.key == key,
            Membership.user_id == user_id,
            Membership.role == OrganisationRole.ADMINISTRATOR,
        )
        .order_by(Organisation.created_at, Organisation.id)
    )
    return list(found)


def count_plans(session: Session, organisation_id: uuid.UUID) -> int:
    """How many plans an organisation has."""
    return session.scalar(select(func.count()).select_from(Plan).where(Plan.organisation_id == organisation_id)) or 0


class Called(NamedTuple):
    """An organisation that somebody names at the command line."""

    id: uuid.UUID
    name: str
    teams: int


def organisations_called(session: Session, name: str) -> list[Called]:
    """The organisations of this name, capitals apart, or the one of this id."""
    try:
        condition = Organisation.id == uuid.UUID(name)
    except ValueError:
        # Compared here: SQLite lowers no letter with an accent.
        names = session.execute(select(Organisation.id, Organisation.name))
        condition = Organisation.id.in_([id_ for id_, one in names if one.casefold() == name.casefold()])
    teams = select(func.count()).select_from(Team).where(Team.organisation_id == Organisation.id).scalar_subquery()
    rows = session.execute(select(Organisation.id, Organisation.name, teams).where(condition).order_by(Organisation.id))
    return [Called(*row) for row in rows]


def find_file(session: Session, organisation_id: uuid.UUID, file_id: uuid.UUID, user_id: int) -> EngagementFile | None:
    """A file of this organisation that was made for this account, never another's."""
    return session.scalar(
        select(EngagementFile).where(
            EngagementFile.organisation_id == organisation_id,
            EngagementFile.id == file_id,
            EngagementFile.user_id == user_id,
        )
    )


def delete_files_before(session: Session, before: dt.datetime) -> int:
    """Deletes files of all organisations that were made before a time; returns how many."""
    gone = session.execute(delete(EngagementFile).where(EngagementFile.made_at < before))
    return int(gone.rowcount)  # type: ignore[attr-defined]


def delete_files_of(session: Session, organisation_id: uuid.UUID) -> None:
    """All files of an organisation: something that they tell of is gone."""
    session.execute(delete(EngagementFile).where(EngagementFile.organisation_id == organisation_id))


# What an organisation has that no file takes the place of


def is_anything_only_here(
    session: Session, organisation_id: uuid.UUID, *, tables: Collection[str], with_answers: bool
) -> bool:
    """Whether something would be lost that no file holds: a row of one of these tables, answers, a shared plan, a round
    that was opened. `with_answers`: the file holds the answers of published rounds."""
    kept = (
        {*tables} if with_answers else {*tables, *(model.__tablename__ for model in (Response, Comment, WorkshopNote))}
    )
    columns = [Base.metadata.tables[name].columns["organisation_id"] for name in sorted(kept)]
    published = select(Round.id).where(Round.organisation_id == organisation_id, Round.published_at.is_not(None))
    conditions = [exists().where(column == organisation_id) for column in columns]
    conditions += [
        exists().where(model.organisation_id == organisation_id, model.round_id.not_in(published))
        for model in (Response, Workshop)
    ]
    handed_out = or_(Round.plan_shared_at.is_not(None), and_(Round.published_at.is_(None), Round.opens_at.is_not(None)))
    conditions.append(exists().where(Round.organisation_id == organisation_id, handed_out))
    return any(session.scalar(select(condition)) for condition in conditions)


def lock_contents(session: Session, organisation_ids: Collection[uuid.UUID]) -> None:
    """Nobody else changes what these organisations have until the transaction ends (on SQLite, writers are alone).

    From the organisation down, as everywhere; also rows that would only refer to these have to wait, and then find
    that what they referred to is gone.
    """
    for model, column in (
        (Organisation, Organisation.id),
        *((one, one.organisation_id) for one in (Team, Round, Plan)),
    ):
        session.execute(select(model.id).where(column.in_(organisation_ids)).order_by(model.id).with_for_update())


def count_rounds_of(session: Session, organisation_id: uuid.UUID) -> int:
    return session.scalar(select(func.count()).select_from(Round).where(Round.organisation_id == organisation_id)) or 0


class Scopes(NamedTuple):
    """Of which teams members and invited people are, by the teams' names: teams get new ids."""

    members: Sequence[tuple[uuid.UUID, str]]
    invitations: Sequence[tuple[uuid.UUID, str]]


def scopes_of(session: Session, organisation_id: uuid.UUID) -> Scopes:
    members = session.execute(
        select(MembershipTeam.membership_id, Team.name)
        .join(Team, Team.id == MembershipTeam.team_id)
        .where(MembershipTeam.organisation_id == organisation_id)
    )
    invitations = session.execute(
        select(MemberInvitationTeam.invitation_id, Team.name)
        .join(Team, Team.id == MemberInvitationTeam.team_id)
        .where(MemberInvitationTeam.organisation_id == organisation_id)
    )
    return Scopes([(row[0], row[1]) for row in members], [(row[0], row[1]) for row in invitations])


def put_scopes(session: Session, organisation_id: uuid.UUID, scopes: Scopes) -> None:
    """Members and invited people are of the teams that are called the same; of no other."""
    teams = {
        name: id_
        for id_, name in session.execute(select(Team.id, Team.name).where(Team.organisation_id == organisation_id))
    }
    session.add_all(
        MembershipTeam(membership_id=of, team_id=teams[name], organisation_id=organisation_id)
        for of, name in scopes.members
        if name in teams
    )
    session.add_all(
        MemberInvitationTeam(invitation_id=of, team_id=teams[name], organisation_id=organisation_id)
        for of, name in scopes.invitations
        if name in teams
    )
    session.flush()


def delete_contents(session: Session, organisation_id: uuid.UUID) -> None:
    """Deletes all that a file brings: teams with all that hangs on them, campaigns, own questionnaires, the logo, who
    accompanies it. The organisation, its members and its log stay."""
    for model in (Team, Campaign, QuestionnaireVersion, Logo, OrganisationConsultancy, EngagementFile):
        session.execute(delete(model).where(model.organisation_id == organisation_id))
    session.flush()
