"""Makes a file over all teams: reads, has it made in a process of its own, keeps it for whoever asked."""

from __future__ import annotations

from sqlalchemy.orm import Session

from assessment.infra.clock import utc_now
from assessment.infra.workers import Workers
from assessment.jobs.handlers import Keep
from assessment.services.later_work import JobFailed, JobOutcome
from assessment.services.portfolio_files import keep_file, make_file, prepare_file
from assessment.store.database import Database
from assessment.store.jobs import Job


def make_portfolio_file(database: Database, workers: Workers, job: Job) -> Keep:
    """Raises `JobFailed`: whoever asked may not see all teams any more."""
    now = utc_now()
    if job.organisation_id is None:
        raise JobFailed("not-allowed")
    with database.reading() as session:
        prepared = prepare_file(session, organisation_id=job.organisation_id, arguments=job.arguments, now=now)
    content = workers.submit_promised(make_file, prepared).result()

    def keep(session: Session) -> JobOutcome:
        keep_file(session, job=job, prepared=prepared, content=content, now=now)
        return JobOutcome({"file_id": str(job.id)})

    return keep
