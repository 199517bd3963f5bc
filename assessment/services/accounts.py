"""Accounts: the first one with everything it needs, and a way back in."""

from __future__ import annotations

import datetime as dt
import unicodedata
import uuid
from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from assessment.domain.questionnaire import Language, TeamKind
from assessment.infra.countries import Country
from assessment.infra.passwords import hash_password, is_easy_to_guess
from assessment.services.organisations import create_organisation
from assessment.services.teams import create_team, points_of_kind
from assessment.store.accounts import User, count_accounts, find_account, lock_accounts, replace_hash
from assessment.store.organisations import Organisation
from assessment.store.setup_code import delete_setup_code
from assessment.store.teams import Team

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200


class AlreadySetUp(Exception):
    """There is an account already: the first visit is over."""


class EmailTaken(Exception):
    """Another account has this e-mail address."""


class InvalidEmail(ValueError):
    """This is no e-mail address."""


class PasswordTooShort(ValueError):
    """The password has fewer characters than `SHORTEST_PASSWORD`."""


class PasswordTooEasy(ValueError):
    """The password would soon be guessed."""


class UnknownAccount(LookupError):
    """No account has this e-mail address."""


@dataclass(frozen=True, slots=True)
class SetUpResult:
    """What set-up made."""

    account: User
    organisation: Organisation
    team: Team


def needs_set_up(session: Session) -> bool:
    """Whether nobody has an account yet."""
    return count_accounts(session) == 0


def set_up(
    session: Session,
    *,
    email: str,
    password: str,
    organisation_name: str,
    country: Country,
    language: Language,
    team_name: str,
    team_size: int,
    team_kind: TeamKind,
    now: dt.datetime,
) -> SetUpResult:
    """The first account, its organisation and its first team: all of them or nothing.

    Raises `AlreadySetUp`, `InvalidEmail`, `PasswordTooShort` or `PasswordTooEasy`.
    """
    lock_accounts(session)
    if not needs_set_up(session):
        raise AlreadySetUp
    account = create_account(session, email=email, password=password, now=now)
    organisation = create_organisation(
        session, name=organisation_name, country=country, language=language, founder_id=account.id, now=now
    )
    team = create_team(
        session,
        organisation_id=organisation.id,
        name=team_name,
        size=team_size,
        kind=team_kind.id,
        points=points_of_kind(team_kind, language),
        now=now,
    )
    return SetUpResult(account, organisation, team)


def create_account(session: Session, *, email: str, password: str, now: dt.datetime) -> User:
    """A new account. Raises `EmailTaken`, `InvalidEmail`, `PasswordTooShort` or `PasswordTooEasy`."""
    address = checked_email(email)
    return add_account(session, email=address, password_hash=hashed_password(password, address), now=now)


def hashed_password(password: str, email: str) -> str:
    """What is kept of a password. It takes a tenth of a second: no transaction should wait for it.

    Raises `PasswordTooShort` or `PasswordTooEasy`.
    """
    return hash_password(checked_password(password, email))


def add_account(session: Session, *, email: str, password_hash: str, now: dt.datetime) -> User:
    """A new account of a checked address. Raises `EmailTaken`, also where another transaction was faster."""
    if find_account(session, email):
        raise EmailTaken(email)
    account = User(
        email=email,
        password=password_hash,
        active=True,
        fs_uniquifier=uuid.uuid4().hex,
        confirmed_at=now.astimezone(dt.UTC).replace(tzinfo=None),
    )
    try:
        with session.begin_nested():
            session.add(account)
    except IntegrityError:
        raise EmailTaken(email) from None
    if not account.is_sample:  # sample data may be removed again: then the code is asked for once more
        delete_setup_code(session)
    return account


def find_active_account(session: Session, *, email: str) -> User | None:
    """The account of a checked address, unless it was switched off."""
    account = find_account(session, email)
    return account if account is not None and account.active else None


def reset_password(session: Session, *, email: str, password: str) -> User:
    """A new password for somebody who cannot get in: ends their sessions and their second step.

    Raises `UnknownAccount`, `PasswordTooShort` or `PasswordTooEasy`.
    """
    account = find_account(session, email.strip())
    if account is None:
        raise UnknownAccount(email)
    account.password = hashed_password(password, account.email)
    account.fs_uniquifier = uuid.uuid4().hex
    account.tf_primary_method = account.tf_totp_secret = None
    return account


def renew_hash(session: Session, *, old: str, new: str) -> None:
    """Keeps another hash of the same password, wherever the old one is still kept: as it has a salt, of one account."""
    replace_hash(session, old, new)


def checked_email(email: str) -> str:
    """The address as it is kept: in one spelling, so that nobody can have one that only looks like another's.

    Raises `InvalidEmail`.
    """
    try:
        spelled = unicodedata.normalize("NFKC", email.strip())
        return validate_email(spelled, check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        raise InvalidEmail(email) from None


def checked_password(password: str, email: str) -> str:
    """The password in one spelling of its characters, whatever keyboard typed it.

    Raises `PasswordTooShort` or `PasswordTooEasy`.
    """
    normal = unicodedata.normalize("NFKD", password)
    if len(normal) < SHORTEST_PASSWORD:
        raise PasswordTooShort
    if is_easy_to_guess(password, about=(email,)):
        raise PasswordTooEasy
    return normal


def note_sign_in(session: Session, *, user_id: int, now: dt.datetime) -> None:
    """Keeps when an account signed in, and when it had before; not from where."""
    account = session.get_one(User, user_id)
    account.last_login_at, account.current_login_at = (
        account.current_login_at,
        now.astimezone(dt.UTC).replace(tzinfo=None),
    )


def sign_ins(account: User) -> tuple[dt.datetime | None, dt.datetime | None]:
    """When an account signed in last, and when the time before."""
    at, before = (kept and kept.replace(tzinfo=dt.UTC) for kept in (account.current_login_at, account.last_login_at))
    return at, before


def set_due_notices(session: Session, *, user_id: int, is_on: bool) -> None:
    """Whether the account is told once a week which actions are due."""
    session.get_one(User, user_id).gets_due_notices = is_on


def end_visits(session: Session, *, user_id: int) -> None:
    """Signs the account out on every device, remembered ones included."""
    session.get_one(User, user_id).fs_uniquifier = uuid.uuid4().hex
