"""What commands about accounts and the server share: settings, the database, and passwords from a terminal."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from assessment.cli.console import BadUsage, Console
from assessment.infra.languages import Localisation

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from assessment.infra.settings import Settings
    from assessment.store.database import Database

INSTANCE = Path("instance")
"""The folder of the embedded database, in the current directory."""


def read_settings(reader: Localisation) -> Settings:
    """The settings of the environment. Raises `BadUsage`."""
    from assessment.infra.settings import WrongSetting, load_settings

    try:
        return load_settings(INSTANCE.absolute())
    except WrongSetting as error:
        raise BadUsage(
            reader.gettext(
                "The setting %(variable)s is wrong: it %(reason)s.",
                variable=error.variable,
                reason=reader.gettext(error.reason, **error.values),
            )
        ) from None


@contextmanager
def database_errors_as_usage(reader: Localisation) -> Iterator[None]:
    """Raises `BadUsage` if, within the block, the database does not answer or belongs to a later version of Escala."""
    from sqlalchemy.exc import OperationalError

    from assessment.store.migrate import LaterDatabase

    try:
        yield
    except LaterDatabase:
        raise BadUsage(
            reader.gettext(
                "The database belongs to a later version of Escala: install that version again. Nothing was changed."
            )
        ) from None
    except OperationalError as error:
        reason = str(error.orig).strip().partition("\n")[0]
        raise BadUsage(
            reader.gettext(
                "The database does not answer (%(reason)s): check that it runs, and the setting ESCALA_DATABASE_URL.",
                reason=reason,
            )
        ) from None


def require_upgraded(settings: Settings, reader: Localisation) -> None:
    """Raises `BadUsage` if PostgreSQL is not up to date: only `escala upgrade` migrates it."""
    from assessment.store.database import make_engine
    from assessment.store.migrate import current_revision, newest_revision

    if settings.is_embedded:
        return
    engine = make_engine(settings.database_url)
    with database_errors_as_usage(reader):
        is_current = current_revision(engine) == newest_revision()
    engine.dispose()
    if not is_current:
        raise BadUsage(
            reader.gettext("The database is not up to date: stop all its servers, then run “escala upgrade”.")
        )


@contextmanager
def open_engine(reader: Localisation) -> Iterator[tuple[Engine, Settings]]:
    """The configured database, not migrated, and the settings. Raises `BadUsage`."""
    from assessment.store.database import make_engine

    settings = read_settings(reader)
    engine = make_engine(settings.database_url)
    try:
        with database_errors_as_usage(reader):
            yield engine, settings
    finally:
        engine.dispose()


@contextmanager
def open_database(reader: Localisation) -> Iterator[Database]:
    """The configured database, ready for use. Raises `BadUsage`."""
    from assessment.infra.settings import make_instance
    from assessment.services.upgrade import upgrade_database
    from assessment.store.database import Database

    with open_engine(reader) as (engine, settings):
        require_upgraded(settings, reader)
        if settings.is_embedded:
            make_instance(settings.instance)
            upgrade_database(Database(engine))
        yield Database(engine)


@contextmanager
def refused_passwords_as_usage(reader: Localisation) -> Iterator[None]:
    """Raises `BadUsage` for a password that is too short or too easy."""
    from assessment.services.accounts import SHORTEST_PASSWORD, PasswordTooEasy, PasswordTooShort

    _ = reader.gettext
    try:
        yield
    except PasswordTooShort:
        raise BadUsage(_("The password needs at least %(length)s characters.", length=SHORTEST_PASSWORD)) from None
    except PasswordTooEasy:
        raise BadUsage(_("This password is easy to guess. Choose another; a short sentence is good.")) from None


def choose_password(console: Console) -> tuple[str, bool]:
    """A password, and whether it is random and must be shown: typed twice on a terminal, generated otherwise.

    Raises `BadUsage` if the two typed passwords differ.
    """
    from assessment.infra.passwords import new_password

    _ = console.reader.gettext
    if not sys.stdin.isatty():
        return new_password(), True
    first = getpass.getpass(_("New password: "), sys.stderr)
    if getpass.getpass(_("Once more: "), sys.stderr) != first:
        raise BadUsage(_("The two passwords are not the same. Nothing was changed."))
    return first, False


def show_password(password: str, is_random: bool, console: Console) -> None:
    """Prints a random password to stdout, alone on its line."""
    if is_random:
        console.say(console.reader.gettext("The password (it is shown once; change it after signing in):"))
        print(password)
