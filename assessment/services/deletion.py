"""Deleting a team, an organisation or an account, with all that goes along: for good, and out of the files.

Whoever deletes types the name. What is kept is that it happened (`store.deletions`), without names or content. The
bytes leave the database's files once the transaction is committed (`Database.compact_if_owed`); backups made before
still hold them.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from assessment.domain.access import OrganisationRole
from assessment.domain.plain_text import plain_line
from assessment.services.members import LastAdministrator
from assessment.services.teams import get_team
from assessment.store.accounts import User, lock_accounts
from assessment.store.compaction import owe_compaction
from assessment.store.deletions import (
    DeletedKind,
    count_contents,
    delete_all_to_address,
    delete_jobs_of_rounds,
    delete_unused_files,
    deletions_of,
    record_deletion,
)
from assessment.store.members import count_administrators, lock_members, roles_of
from assessment.store.organisations import Organisation
from assessment.store.rounds import ids_of_rounds
from assessment.store.teams import lock_team

MOST_LISTED = 100


class WrongName(Exception):
    """What was typed is not the name of what would be deleted."""


class SampleAccount(Exception):
    """The account of the sample data goes with them, and in no other way."""


@dataclass(frozen=True, slots=True)
class ListedDeletion:
    """That something was deleted, for administrators."""

    kind: DeletedKind
    deleted_at: dt.datetime
    counts: Mapping[str, int]


def contents_of_team(session: Session, *, organisation_id: uuid.UUID, team_id: uuid.UUID) -> dict[str, int]:
    """How much goes along with a team. Raises `UnknownTeam`."""
    get_team(session, organisation_id=organisation_id, team_id=team_id)
    return count_contents(session, organisation_id, team_id)


def contents_of_organisation(session: Session, *, organisation_id: uuid.UUID) -> dict[str, int]:
    """How much goes along with an organisation."""
    return count_contents(session, organisation_id)


def organisations_in_the_way(session: Session, *, user_id: int) -> list[Organisation]:
    """Those that nobody else administers: the account cannot go before somebody does, or they are deleted."""
    return [
        organisation
        for organisation, role in roles_of(session, user_id)
        if role is OrganisationRole.ADMINISTRATOR and count_administrators(session, organisation.id) == 1
    ]


def delete_team(
    session: Session, *, organisation_id: uuid.UUID, team_id: uuid.UUID, typed: str, user_id: int, now: dt.datetime
) -> None:
    """A team with its rounds, answers, results, plans and printed documents. Raises `UnknownTeam` or `WrongName`."""
    lock_team(session, team_id)
    team = get_team(session, organisation_id=organisation_id, team_id=team_id)
    _require_name(typed, team.name)
    counts = count_contents(session, organisation_id, team_id)
    delete_jobs_of_rounds(session, organisation_id, ids_of_rounds(session, organisation_id, team_id))
    session.delete(team)
    session.flush()
    delete_unused_files(session, organisation_id)
    _keep_record(session, DeletedKind.TEAM, organisation_id, user_id, now, counts)


def delete_organisation(
    session: Session, *, organisation: Organisation, typed: str, user_id: int, now: dt.datetime
) -> None:
    """An organisation with everything that belongs to it; the accounts of its people stay. Raises `WrongName`."""
    _require_name(typed, organisation.name)
    lock_members(session, organisation.id)
    counts = count_contents(session, organisation.id)
    session.delete(session.get_one(Organisation, organisation.id))
    session.flush()
    _keep_record(session, DeletedKind.ORGANISATION, organisation.id, user_id, now, counts)


def delete_account(session: Session, *, user_id: int, typed: str, now: dt.datetime) -> None:
    """An account with its roles, and e-mail and invitations to its address; `typed` is that address.

    What it did in organisations stays there, by nobody. Raises `SampleAccount`, `WrongName` or `LastAdministrator`.
    """
    lock_accounts(session)
    account = session.get_one(User, user_id)
    if account.is_sample:
        raise SampleAccount
    _require_name(typed, account.email)
    roles = roles_of(session, user_id)
    for organisation, _role in sorted(roles, key=lambda row: row[0].id):  # in one order: two never wait for each other
        lock_members(session, organisation.id)
    if organisations_in_the_way(session, user_id=user_id):
        raise LastAdministrator
    delete_all_to_address(session, account.email)
    session.delete(account)
    session.flush()
    _keep_record(session, DeletedKind.ACCOUNT, None, None, now, {"organisations": len(roles)})


def list_deletions(session: Session, *, organisation_id: uuid.UUID) -> Sequence[ListedDeletion]:
    """What was deleted of an organisation, the latest first."""
    return [
        ListedDeletion(deletion.kind, deletion.deleted_at, deletion.counts)
        for deletion in deletions_of(session, organisation_id, MOST_LISTED)
    ]


def _require_name(typed: str, name: str) -> None:
    """Raises `WrongName`. Capitals and blanks may differ: a phone writes them as it likes."""
    if plain_line(typed).casefold() != plain_line(name).casefold():
        raise WrongName


def _keep_record(
    session: Session,
    kind: DeletedKind,
    tenant_id: uuid.UUID | None,
    user_id: int | None,
    now: dt.datetime,
    counts: dict[str, int],
) -> None:
    record_deletion(session, kind, tenant_id=tenant_id, user_id=user_id, now=now, counts=counts)
    owe_compaction(session, is_whole=True)
