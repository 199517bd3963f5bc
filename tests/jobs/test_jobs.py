"""Jobs are done once, also after a kill; what cannot be done ends, and says why in a word."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest
from sqlalchemy import select, update

from assessment.infra.clock import utc_now
from assessment.infra.queue import Queue, queue_url
from assessment.jobs.handlers import Handlers
from assessment.jobs.worker import sweep
from assessment.services import later_work
from assessment.services.attempts import Attempts
from assessment.services.later_work import JobFailed, JobOutcome, UnknownJob
from assessment.store.compaction import OwedCompaction, owe_compaction
from assessment.store.jobs import Job, JobState
from tests.databases import fresh_engine
from tests.infra.test_workers import until
from tests.jobs.build import NOW
from tests.services.build import make_home

EVERY = dt.timedelta(seconds=4)


def ask(database, *, now=None, **given) -> Job:
    with database.writing() as session:
        return later_work.request_job(
            session, kind="count", arguments={"email": "ana@example.com"}, now=now or utc_now(), **given
        )


def at_present(database, job):
    with database.reading() as session:
        return session.get_one(Job, job.id)


def doing(database, kind) -> Queue:
    """A queue whose jobs are done as they are put."""
    queue = Queue(None)
    queue.handle_with(Handlers(database, None, queue, {"count": kind}).by_topic)
    return queue


def make_again(database, job: Job) -> None:
    """As if the pause after a failure were over."""
    with database.writing() as session:
        session.execute(update(Job).where(Job.id == job.id).values(run_after=NOW))


def test_a_job_is_done_once_however_often_it_is_brought(database):
    done = []

    def kind(job):
        done.append(job.arguments)
        return lambda session: JobOutcome({"n": 1})

    job = ask(database)
    queue = doing(database, kind)
    queue.put("jobs", job.id)
    queue.put("jobs", job.id)
    stored = at_present(database, job)
    assert done == [{"email": "ana@example.com"}]
    assert (stored.state, stored.result, stored.arguments) == (JobState.DONE, {"n": 1}, {})


def test_of_many_who_claim_a_job_one_has_it(database):
    job = ask(database)

    def claim(_):
        with database.writing() as session:
            return later_work.claim_job(session, job_id=job.id, now=utc_now()) is not None

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(claim, range(16))) == 1


def test_a_job_whose_worker_died_is_begun_anew_after_its_lease_and_the_old_one_keeps_nothing(database):
    job = ask(database, now=NOW)
    with database.writing() as session:
        first = later_work.claim_job(session, job_id=job.id, now=NOW)
    with database.reading() as session:
        assert later_work.due_jobs(session, now=NOW) == []
        assert later_work.due_jobs(session, now=NOW + later_work.LEASE) == [job.id]
    with database.writing() as session:
        second = later_work.claim_job(session, job_id=job.id, now=NOW + later_work.LEASE)
    with database.writing() as session:
        assert not later_work.finish_job(session, first, result={"by": "first"}, now=NOW)
        assert later_work.finish_job(session, second, result={"by": "second"}, now=NOW)
    assert at_present(database, job).result == {"by": "second"}


def test_a_job_that_kills_its_worker_each_time_is_given_up(database):
    job, at = ask(database, now=NOW), NOW
    for _ in range(later_work.MOST_ATTEMPTS + 1):
        with database.writing() as session:
            later_work.claim_job(session, job_id=job.id, now=at)
        at += later_work.LEASE
    stored = at_present(database, job)
    assert (stored.state, stored.error, stored.arguments) == (JobState.FAILED, "gave-up", {})


def test_a_job_that_cannot_be_done_says_why_and_leaves_nothing_of_it(database):
    def kind(job):
        raise JobFailed("unfinished")

    job = ask(database)
    doing(database, kind).put("jobs", job.id)
    stored = at_present(database, job)
    assert (stored.state, stored.error, stored.arguments) == (JobState.FAILED, "unfinished", {})


def test_an_accident_is_tried_again_and_keeps_nothing_of_what_it_had_done(database):
    def kind(job):
        def keep(session):
            later_work.request_job(session, kind="count", arguments={}, now=NOW)
            raise OSError

        return keep

    job = ask(database)
    queue = doing(database, kind)
    for state in (JobState.WAITING, JobState.WAITING, JobState.FAILED):
        queue.put("jobs", job.id)
        assert at_present(database, job).state is state
        make_again(database, job)
    with database.reading() as session:
        assert len(session.scalars(select(Job)).all()) == 1


def test_who_asks_for_the_same_gets_the_same_job_until_it_fails(database):
    first = ask(database, idempotency_key="k")
    assert ask(database, idempotency_key="k").id == first.id
    with database.writing() as session:
        claimed = later_work.claim_job(session, job_id=first.id, now=utc_now())
        later_work.fail_job(session, claimed, code="gave-up", now=utc_now())
    assert ask(database, idempotency_key="k").id != first.id


def test_a_job_is_seen_by_its_own_organisation_only(database):
    ours, other = make_home(database), make_home(database)
    job = ask(database, organisation_id=ours.organisation)
    with database.reading() as session:
        seen = later_work.progress_of(session, organisation_id=ours.organisation, job_id=job.id, kind="count")
        assert (seen.state, seen.before) == (JobState.WAITING, 0)
        for organisation, kind in ((other.organisation, "count"), (ours.organisation, "another")):
            with pytest.raises(UnknownJob):
                later_work.progress_of(session, organisation_id=organisation, job_id=job.id, kind=kind)


def test_the_sweep_brings_what_the_queue_has_lost(database):
    done = []

    def kind(job):
        done.append(job.id)
        return lambda session: JobOutcome()

    job = ask(database)
    sweep(database, doing(database, kind), now=utc_now(), every=EVERY)
    assert done == [job.id]


def test_of_several_servers_one_sweeps_in_each_period(database):
    def take(now):
        with database.writing() as session:
            return later_work.take_turn(session, name="sweep", every=EVERY, now=now)

    with ThreadPoolExecutor(8) as threads:
        for at in (NOW, NOW + EVERY):
            assert sum(threads.map(take, [at] * 16)) == 1


def test_what_was_finished_long_ago_is_deleted(database):
    finished = ask(database, now=NOW)
    with database.writing() as session:
        claimed = later_work.claim_job(session, job_id=finished.id, now=NOW)
        later_work.finish_job(session, claimed, result={}, now=NOW)
    waiting = ask(database, now=NOW)
    sweep(database, Queue(None), now=NOW + later_work.KEPT + dt.timedelta(hours=1), every=EVERY)
    with database.reading() as session:
        assert list(session.scalars(select(Job.id))) == [waiting.id]


def test_counts_of_attempts_go_once_their_window_is_over(database):
    attempts = Attempts(database, "a secret")
    attempts.add("ana", seconds=900)
    sweep(database, Queue(None), now=utc_now() + dt.timedelta(hours=2), every=EVERY)
    assert attempts.count("ana") == 0


def test_a_sweep_removes_traces_that_a_publication_had_to_leave(database):
    with database.writing() as session:
        owe_compaction(session)
    periods = count()

    def is_swept() -> bool:
        """On PostgreSQL a sweep leaves it to the next one while others on the server have older transactions."""
        sweep(database, Queue(None), now=utc_now() + next(periods) * 2 * EVERY, every=EVERY)
        with database.reading() as session:
            return not session.scalars(select(OwedCompaction)).all()

    until(is_swept)


def test_servers_that_start_together_make_one_queue(tmp_path):
    with fresh_engine("postgresql", tmp_path) as engine, ThreadPoolExecutor(8) as threads:
        url = queue_url(engine.url.render_as_string(hide_password=False))
        queues = list(threads.map(lambda _: Queue(url), range(8)))
        assert all(queue.is_empty("jobs") for queue in queues)
        for queue in queues:
            queue.close()
