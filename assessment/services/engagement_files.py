"""Engagement files as people ask for them: by a page, behind the request, or at the command line; and the log of it."""

from __future__ import annotations

import datetime as dt
import io
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from sqlalchemy.orm import Session

from assessment.domain.access import Permission
from assessment.domain.audit import Action, Details, ObjectKind
from assessment.infra.clock import local_date
from assessment.infra.sealed import seal
from assessment.infra.slugs import slug
from assessment.services.access import Access, NotAllowed, get_access
from assessment.services.audit import Deed, record
from assessment.services.engagement_export import ExportedEngagement, Progress, export_engagement
from assessment.services.engagement_format import (
    LARGEST_TEXTS_OF_WEB,
    LIMITS_OF_WEB,
    MOST_ROUNDS_OF_WEB,
    MOST_ROUNDS_TO_TAKE,
    MOST_TEXTS_OF_WEB,
    EngagementFlaw,
    InvalidEngagement,
)
from assessment.services.engagement_import import (
    EngagementHead,
    EngagementText,
    Found,
    Imported,
    Standing,
    check_told,
    find_standing,
    import_engagement,
    opened_engagement,
    read_texts,
)
from assessment.services.later_work import JobFailed, UnknownJob, progress_of, request_job
from assessment.services.later_work import Progress as JobProgress
from assessment.store import engagements as store
from assessment.store.accounts import find_account, only_account
from assessment.store.compaction import owe_compaction
from assessment.store.database import Database, make_engine
from assessment.store.deletions import count_contents
from assessment.store.engagements import Called, EngagementFile
from assessment.store.jobs import ACCOUNT, Job, JobState, find_job
from assessment.store.organisations import Organisation

MAKE_ENGAGEMENT = "make-engagement-file"
"""The kind of job."""
MOST_FILES = 2
"""Files that one account has being made at a time."""
KEPT = dt.timedelta(hours=2)
EXTENSION = "escala"
COMMAND_LINE = "command-line"
"""Of a deed: nobody's account did it."""


class UnknownEngagementFile(LookupError):
    """Nothing of this id was made for this account."""


class TooMuchToTake(Exception):
    """An organisation of so many rounds is written at the command line."""


# At the command line


def organisations_called(session: Session, name: str) -> list[Called]:
    """The organisations of this name, capitals apart, or the one of this id."""
    return store.organisations_called(session, name)


def administrator_of(session: Session, email: str) -> int | None:
    """The account of an address; without one, the account of whoever is alone. `None` where there is none."""
    account = find_account(session, email) if email else only_account(session)
    return account.id if account else None


def export_at_command_line(
    database: Database,
    file: BinaryIO,
    *,
    organisation_id: uuid.UUID,
    made_by: str,
    with_answers: bool,
    now: dt.datetime,
    advance: Progress,
) -> ExportedEngagement:
    """As `export_engagement`; the organisation's log tells of it."""
    written = export_engagement(
        database, file, organisation_id=organisation_id, made_by=made_by, with_answers=with_answers, advance=advance
    )
    parts = ("answers", COMMAND_LINE) if with_answers else (COMMAND_LINE,)
    with database.writing() as session:
        _log(session, organisation_id, None, Action.TOOK_ENGAGEMENT, parts, now)
    return written


def import_at_command_line(
    database: Database,
    file: BinaryIO,
    *,
    passphrase: str | None,
    user_id: int,
    as_new: bool,
    now: dt.datetime,
    progress: Callable[[int], Progress],
) -> Imported:
    """As `import_engagement`, in a transaction of its own; the organisation's log tells of it. `progress` is told how
    many teams there are. Raises what that raises."""
    with opened_engagement(file, passphrase=passphrase) as (archive, head), database.writing() as session:
        imported = import_engagement(
            session, archive, head, user_id=user_id, as_new=as_new, now=now, advance=progress(head.teams)
        )
        _log_import(session, imported, None, now)
    database.compact_if_owed()
    return imported


def _log_import(session: Session, imported: Imported, user_id: int | None, now: dt.datetime) -> None:
    if imported.standing is Standing.SAME:
        return
    parts = (imported.standing.value, *([COMMAND_LINE] if user_id is None else []))
    _log(session, imported.organisation_id, user_id, Action.IMPORTED_ENGAGEMENT, parts, now)


def _log(
    session: Session,
    organisation_id: uuid.UUID,
    user_id: int | None,
    action: Action,
    parts: tuple[str, ...],
    now: dt.datetime,
) -> None:
    deed = Deed(organisation_id, user_id, action, ObjectKind.ORGANISATION, details=Details(parts=parts))
    record(session, deed, now=now)


# By a page: taking an organisation along


def request_engagement_file(session: Session, *, access: Access, made_by: str, now: dt.datetime) -> Job:
    """Has a file made behind the request, for this account alone. Raises `TooMuchToTake` or `TooManyJobs`."""
    if count_contents(session, access.organisation_id)["rounds"] > MOST_ROUNDS_TO_TAKE:
        raise TooMuchToTake
    return request_job(
        session,
        kind=MAKE_ENGAGEMENT,
        arguments={"user_id": access.user_id, "made_by": made_by},
        organisation_id=access.organisation_id,
        now=now,
        account=access.user_id,
        most=MOST_FILES,
    )


def require_administrator(session: Session, *, organisation_id: uuid.UUID, user_id: int) -> Organisation:
    """Whoever asked may have lost the role meanwhile. Raises `JobFailed`."""
    try:
        access = get_access(session, user_id=user_id, organisation_id=organisation_id)
    except NotAllowed:
        raise JobFailed("not-allowed") from None
    if not access.may(Permission.MANAGE_ORGANISATION):
        raise JobFailed("not-allowed")
    return access.organisation


def make_engagement_file(database_url: str, organisation_id: uuid.UUID, made_by: str) -> bytes:
    """The file, without answers: seconds of work, in another process, which reads the database by itself."""
    engine = make_engine(database_url)
    try:
        file = io.BytesIO()
        export_engagement(Database(engine), file, organisation_id=organisation_id, made_by=made_by)
        return file.getvalue()
    finally:
        engine.dispose()


def keep_engagement_file(session: Session, *, job: Job, content: bytes, now: dt.datetime) -> None:
    """Keeps what a job made, for two hours. Raises `JobFailed`."""
    assert job.organisation_id is not None  # noqa: S101 - it was asked for with one
    user_id = job.arguments["user_id"]
    organisation = require_administrator(session, organisation_id=job.organisation_id, user_id=user_id)
    day = local_date(now, organisation.time_zone)
    name = f"{slug(organisation.name)[:60].strip('-') or 'organisation'}-{day.isoformat()}.{EXTENSION}"
    session.merge(
        EngagementFile(
            id=job.id, organisation_id=organisation.id, user_id=user_id, name=name, made_at=now, content=content
        )
    )  # done twice, it is there


def engagement_progress(session: Session, *, access: Access, file_id: uuid.UUID) -> JobProgress:
    """How far a file is that this account asked for. Raises `UnknownJob`."""
    progress = progress_of(session, organisation_id=access.organisation_id, job_id=file_id, kind=MAKE_ENGAGEMENT)
    job = find_job(session, access.organisation_id, file_id)
    if job is None or job.arguments.get(ACCOUNT, access.user_id) != access.user_id:
        raise UnknownJob(file_id)
    if progress.state is JobState.DONE and not store.find_file(
        session, access.organisation_id, file_id, access.user_id
    ):
        raise UnknownJob(file_id)
    return progress


def get_engagement_file(session: Session, *, access: Access, file_id: uuid.UUID) -> EngagementFile:
    """A file that was made for this account. Raises `UnknownEngagementFile`."""
    found = store.find_file(session, access.organisation_id, file_id, access.user_id)
    if found is None:
        raise UnknownEngagementFile(file_id)
    return found


def sealed_copy(content: bytes, passphrase: str) -> bytes:
    """A file, encrypted. Raises `PassphraseTooShort`."""
    sealed = io.BytesIO()
    seal(io.BytesIO(content), sealed, passphrase)
    return sealed.getvalue()


def delete_old_engagement_files(session: Session, *, now: dt.datetime) -> int:
    """Deletes the files that nobody fetched in time; returns how many."""
    deleted = store.delete_files_before(session, now - KEPT)
    if deleted:
        owe_compaction(session)  # on SQLite their bytes are still in the write-ahead log
    return deleted


# By a page: bringing an organisation


@dataclass(frozen=True, slots=True)
class SentEngagement:
    """A file that somebody sent, opened: `content` is not encrypted any more."""

    content: bytes
    head: EngagementHead
    texts: tuple[EngagementText, ...]


def read_sent_engagement(content: bytes, passphrase: str) -> SentEngagement:
    """What somebody sent, checked as a whole: in a process of its own. Raises `InvalidEngagement`."""
    with opened_engagement(io.BytesIO(content), passphrase=passphrase, limits=LIMITS_OF_WEB) as (archive, head):
        if head.with_answers:
            raise InvalidEngagement(EngagementFlaw.HAS_ANSWERS)
        if head.teams > MOST_ROUNDS_OF_WEB:
            raise InvalidEngagement(EngagementFlaw.TOO_LARGE, "rounds")
        check_told(archive, head, most_rounds=MOST_ROUNDS_OF_WEB)
        archive.check_all()
        texts = read_texts(archive, most=MOST_TEXTS_OF_WEB, largest=LARGEST_TEXTS_OF_WEB)
        return SentEngagement(archive.plain(), head, texts)


def standing_of_sent(session: Session, sent: SentEngagement, *, user_id: int) -> Found:
    """What importing it would do. Raises `InvalidEngagement` where a page cannot read what is here."""
    return find_standing(session, sent.head, user_id=user_id, most_rounds=MOST_ROUNDS_OF_WEB)


def import_sent_engagement(
    session: Session, sent: SentEngagement, *, user_id: int, as_new: bool, now: dt.datetime
) -> Imported:
    """As `import_engagement`, of what `read_sent_engagement` has read. Raises what that raises."""
    opened = opened_engagement(io.BytesIO(sent.content), limits=LIMITS_OF_WEB)
    with opened as (archive, head):
        imported = import_engagement(
            session,
            archive,
            head,
            user_id=user_id,
            as_new=as_new,
            most_rounds_here=MOST_ROUNDS_OF_WEB,
            texts=sent.texts,
            now=now,
        )
    _log_import(session, imported, user_id, now)
    return imported
