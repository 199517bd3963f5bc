"""Accounts: Flask-Security's own models on our tables. The one place below the web that knows of Flask: its mixins."""

from __future__ import annotations

from flask_security.models import sqla
from sqlalchemy import BigInteger, func, select, text, true, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from assessment.store.base import Base

sqla.FsModels.set_db_info(  # type: ignore[no-untyped-call]
    base_model=Base, user_table_name="users", role_table_name="account_roles"
)


SAMPLE_EMAIL = "demo@escala.example"
"""The account of the sample data. Nobody can receive e-mail at `.example` (RFC 2606): no person has this address."""


class User(Base, sqla.FsUserMixin):
    """A person who signs in. Their rights are in `memberships`, per organisation."""

    __tablename__ = "users"

    last_code: Mapped[int | None] = mapped_column(BigInteger)
    """Which code of an authenticator app was used last, by its half minute since 1970 (RFC 6238): each is good once."""
    gets_due_notices: Mapped[bool] = mapped_column(default=True, server_default=true())
    """Whether it is told once a week which actions of its teams are due."""

    @property
    def is_sample(self) -> bool:
        """Whether this is the account of the sample data."""
        return bool(self.email == SAMPLE_EMAIL)


class Role(Base, sqla.FsRoleMixin):
    """Flask-Security requires roles; Escala's own are per organisation, so that this table stays empty."""

    __tablename__ = "account_roles"


def count_accounts(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(User)) or 0


def find_account(session: Session, email: str) -> User | None:
    """The account of an address, however its letters are written."""
    return session.scalar(select(User).where(func.lower(User.email) == email.lower()))


def only_account(session: Session) -> User | None:
    """The account, where there is just one."""
    accounts = session.scalars(select(User).limit(2)).all()
    return accounts[0] if len(accounts) == 1 else None


def replace_hash(session: Session, old: str, new: str) -> None:
    """Puts one hash of a password in the place of another."""
    session.execute(update(User).where(User.password == old).values(password=new))


def lock_last_code(session: Session, user_id: int) -> int | None:
    """The code used last, locked until the transaction ends: of two that use one code at once, one is let in."""
    return session.scalar(select(User.last_code).where(User.id == user_id).with_for_update())


def lock_accounts(session: Session) -> None:
    """Nobody else makes an account until this transaction ends; on SQLite, whoever may write is alone already."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE"))
