"""Every setting, in one typed table; a wrong value is refused at start.

| variable | meaning | default |
|---|---|---|
| `ESCALA_DATABASE_URL` | SQLite or PostgreSQL address | SQLite in `instance/` |
| `ESCALA_SECRET_KEY` | signs cookies; 32 characters or more | kept in `instance/` with SQLite, else required |
| `ESCALA_BASE_URL` | the address at which people reach this server | that of the request |
| `ESCALA_SMTP_URL` | `smtp://user:password@host:port`, or `smtps://`; needs `ESCALA_BASE_URL` | no e-mail |
| `ESCALA_SMTP_PER_MINUTE` | messages to people who answer that are sent in a minute, 1 to 6000 | 30 |
| `ESCALA_QUEUE_URL` | `redis://…` or `postgresql://…`: carries later work | the database, or a file beside it |
| `ESCALA_LOG_FORMAT` | `text` or `json` | `text` |
| `ESCALA_IDLE_HOURS` | hours without use after which an account is signed out, 1 to 12 | 4 |
| `ESCALA_KEEP_PRINTED_PLANS_DAYS` | days after which all but the newest printed version of a plan go | none go |
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from assessment.infra.languages import N_

SHORTEST_SECRET = 32
MOST_DAYS = 36_500
MOST_IDLE_HOURS, IDLE_HOURS = 12, 4
"""A visit ends after twelve hours anyway."""
MOST_PER_MINUTE, PER_MINUTE = 6_000, 30
"""Small mail servers take some thirty messages a minute from one sender."""
DATABASES = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}


class WrongSetting(ValueError):
    """A setting that Escala cannot start with; `variable` says which, `reason` why: a message id and its values."""

    def __init__(self, variable: str, reason: str, **values: object) -> None:
        super().__init__(f"{variable}: {reason % values}")
        self.variable = variable
        self.reason = reason
        self.values = values


@dataclass(frozen=True, slots=True, repr=False)
class Settings:
    """The settings of a process. Without a repr: they include secrets."""

    instance: Path
    database_url: str
    secret_key: str
    base_url: str | None = None
    smtp_url: str | None = None
    log_format: Literal["text", "json"] = "text"
    queue_url: str | None = None
    keep_printed_plans_days: int | None = None
    idle_hours: int = IDLE_HOURS
    mails_per_minute: int = PER_MINUTE
    document_processes: int = 1
    """How many processes of its own may make documents for one process of the server; no variable."""
    lan_command: str = "escala serve --lan"
    """What starts this very server for the phones of the local network, as pages tell it; no variable."""

    @property
    def is_embedded(self) -> bool:
        return self.database_url.startswith("sqlite")


def load_settings(instance: Path, environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings of the environment. Raises `WrongSetting`.

    With the embedded database, a missing secret key is generated once and stored in the instance folder.
    """
    database_url = _database_url(environment.get("ESCALA_DATABASE_URL", ""), instance)
    log_format = environment.get("ESCALA_LOG_FORMAT", "text")
    if log_format not in ("text", "json"):
        raise WrongSetting("ESCALA_LOG_FORMAT", N_("must be text or json"))
    base_url = _base_url(environment)
    smtp_url = _checked_url(environment, "ESCALA_SMTP_URL", ("smtp", "smtps"))
    if smtp_url and not base_url:
        raise WrongSetting("ESCALA_SMTP_URL", N_("needs ESCALA_BASE_URL, where the links in e-mail lead"))
    return Settings(
        instance=instance,
        database_url=database_url,
        secret_key=_secret_key(environment.get("ESCALA_SECRET_KEY", ""), instance, database_url),
        base_url=base_url,
        smtp_url=smtp_url,
        log_format="json" if log_format == "json" else "text",
        queue_url=_queue_url(environment),
        keep_printed_plans_days=_days(environment, "ESCALA_KEEP_PRINTED_PLANS_DAYS"),
        idle_hours=_idle_hours(environment),
        mails_per_minute=_per_minute(environment),
    )


def _database_url(given: str, instance: Path) -> str:
    if not given:
        return f"sqlite:///{instance / 'escala.sqlite'}"
    scheme, separator, rest = given.partition("://")
    driver = DATABASES.get(scheme.partition("+")[0])
    if not separator or driver is None:
        raise WrongSetting("ESCALA_DATABASE_URL", N_("must begin with sqlite:// or postgresql://"))
    if driver == "sqlite" and rest.strip("/") in ("", ":memory:"):
        raise WrongSetting("ESCALA_DATABASE_URL", N_("must name a file, as in sqlite:///folder/escala.sqlite"))
    return f"{driver}://{rest}"


def _base_url(environment: Mapping[str, str]) -> str | None:
    """Links are made of this address and a path of our own: a path in it would make them lead nowhere."""
    given = _checked_url(environment, "ESCALA_BASE_URL", ("http", "https"))
    if given is not None:
        parts = urlsplit(given)
        if parts.path or parts.query or parts.fragment or "@" in parts.netloc:
            raise WrongSetting(
                "ESCALA_BASE_URL", N_("must end with the host or its port, as in https://escala.example.org")
            )
    return given


def _queue_url(environment: Mapping[str, str]) -> str | None:
    given = _checked_url(environment, "ESCALA_QUEUE_URL", ("redis", "rediss", "postgresql"))
    if given is not None and given.startswith("redis") and find_spec("redis") is None:
        raise WrongSetting("ESCALA_QUEUE_URL", N_("needs the Python package “redis”, which is not installed"))
    return given


def _days(environment: Mapping[str, str], variable: str) -> int | None:
    given = environment.get(variable, "")
    if not given:
        return None
    if not (given.isascii() and given.isdecimal() and 1 <= int(given[:6]) <= MOST_DAYS and len(given) <= 6):
        raise WrongSetting(variable, N_("must be a number of days, from 1 to %(most)s"), most=MOST_DAYS)
    return int(given)


def _idle_hours(environment: Mapping[str, str]) -> int:
    given = environment.get("ESCALA_IDLE_HOURS", "") or str(IDLE_HOURS)
    if given not in {str(hours) for hours in range(1, MOST_IDLE_HOURS + 1)}:
        raise WrongSetting(
            "ESCALA_IDLE_HOURS", N_("must be a number of hours, from 1 to %(most)s"), most=MOST_IDLE_HOURS
        )
    return int(given)


def _per_minute(environment: Mapping[str, str]) -> int:
    given = environment.get("ESCALA_SMTP_PER_MINUTE", "") or str(PER_MINUTE)
    if not (given.isascii() and given.isdecimal() and len(given) <= 4 and 1 <= int(given) <= MOST_PER_MINUTE):
        raise WrongSetting("ESCALA_SMTP_PER_MINUTE", N_("must be a number from 1 to %(most)s"), most=MOST_PER_MINUTE)
    return int(given)


def _secret_key(given: str, instance: Path, database_url: str) -> str:
    if given:
        if len(given) < SHORTEST_SECRET:
            raise WrongSetting("ESCALA_SECRET_KEY", N_("must have at least %(n)s characters"), n=SHORTEST_SECRET)
        return given
    if not database_url.startswith("sqlite"):
        raise WrongSetting("ESCALA_SECRET_KEY", N_("is required with PostgreSQL: every machine must have the same"))
    return _stored_secret(instance / "secret-key")


def make_instance(folder: Path) -> None:
    """Makes the folder of the embedded database, readable only by its owner: it holds answers and the secret key."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def _stored_secret(path: Path) -> str:
    """The secret in a file that only its owner can read; generated at the first start.

    The file is created at once and whole, so that processes that start together never read half of it.
    """
    if not path.exists():
        make_instance(path.parent)
        temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(secrets.token_urlsafe(48))
        try:
            os.link(temporary, path)  # unlike a rename, it never replaces what another process has made
        except FileExistsError:
            pass
        except OSError:  # a file system without hard links
            temporary.replace(path)
        temporary.unlink(missing_ok=True)
    secret = path.read_text("utf-8").strip()
    if len(secret) < SHORTEST_SECRET:
        raise WrongSetting(
            "ESCALA_SECRET_KEY",
            N_("is kept in %(path)s, which is damaged: delete that file, and everybody signs in again"),
            path=path,
        )
    return secret


def _checked_url(environment: Mapping[str, str], variable: str, schemes: tuple[str, ...]) -> str | None:
    given = environment.get(variable, "").strip()
    if not given:
        return None
    try:
        parts = urlsplit(given)
        is_valid = parts.scheme in schemes and parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError:  # a port that is no number, a bracket that does not close
        is_valid = False
    if not is_valid:
        raise WrongSetting(
            variable,
            N_("must begin with %(one)s:// or %(other)s:// and name a host"),
            one=schemes[0],
            other=schemes[-1],
        )
    return given.rstrip("/")
