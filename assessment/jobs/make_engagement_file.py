"""Makes an engagement file: has it written in a process of its own, and keeps it for whoever asked."""

from __future__ import annotations

from sqlalchemy.orm import Session

from assessment.infra.clock import utc_now
from assessment.infra.workers import Workers
from assessment.jobs.handlers import Keep
from assessment.services.engagement_files import keep_engagement_file, make_engagement_file, require_administrator
from assessment.services.later_work import JobFailed, JobOutcome
from assessment.store.database import Database
from assessment.store.jobs import Job


def make_engagement(database: Database, workers: Workers, job: Job) -> Keep:
    """Raises `JobFailed`: whoever asked does not administer the organisation any more."""
    if job.organisation_id is None:
        raise JobFailed("not-allowed")
    with database.reading() as session:
        require_administrator(session, organisation_id=job.organisation_id, user_id=job.arguments["user_id"])
    url = database.engine.url.render_as_string(hide_password=False)
    made_by = job.arguments["made_by"]
    content = workers.submit_promised(make_engagement_file, url, job.organisation_id, made_by).result()

    def keep(session: Session) -> JobOutcome:
        keep_engagement_file(session, job=job, content=content, now=utc_now())
        return JobOutcome({"file_id": str(job.id)})

    return keep
