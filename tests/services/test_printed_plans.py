"""Printed plans: the same content is stored once, and old versions can be deleted."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import delete, func, select

from assessment.infra.languages import Localisation
from assessment.infra.queue import Queue
from assessment.jobs.worker import sweep
from assessment.services import plan_documents
from assessment.services.plan_documents import (
    PrintAs,
    RenderedPlan,
    UnknownPrintedPlan,
    get_printed_plan,
    keep_printed_plan,
    prepare_plan_of_round,
    printed_plans,
)
from assessment.services.plan_sharing import share_plan, stop_sharing_plan
from assessment.services.plans import draft_plan
from assessment.services.printed_plans import AT_ONCE, prune_printed_plans
from assessment.services.publication import publish_round
from assessment.services.rounds import stop_round
from assessment.store.organisations import Organisation
from assessment.store.plans import PrintedPlan
from assessment.store.printed_files import PrintedFile, keep_file
from tests.services.build import DAY, NOW, answer, make_home, make_round, make_sheet

pytestmark = pytest.mark.both_databases


def published(database, name="Alegra"):
    home = make_home(database, name)
    round_id, link = make_round(database, home)
    for number in range(6):
        answer(database, link, make_sheet(number))
    own = {"organisation_id": home.organisation, "round_id": round_id}
    with database.writing() as session:
        stop_round(session, **own, now=NOW)
        publish_round(session, **own, now=NOW)
    return own


def keep(database, own, content_hash, pdf, now=NOW):
    """Keeps a document as if it had been rendered."""
    rendered = RenderedPlan(content_hash, PrintAs(Localisation("es", "CO")), pdf)
    with database.writing() as session:
        return keep_printed_plan(session, **own, rendered=rendered, now=now).id


def count(database, table):
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table))


def pdfs(database, own):
    with database.reading() as session:
        versions = [version.id for version in printed_plans(session, **own)]
        return [get_printed_plan(session, **own, printed_id=id_).pdf for id_ in versions]


def test_the_same_bytes_are_stored_once_an_organisation(database):
    own, other = published(database), published(database, "Otra")
    keep(database, own, "a", b"%PDF one", NOW)
    keep(database, own, "b", b"%PDF one", NOW + DAY)
    keep(database, own, "c", b"%PDF two", NOW + 2 * DAY)
    keep(database, other, "a", b"%PDF one")
    assert pdfs(database, own) == [b"%PDF two", b"%PDF one", b"%PDF one"]
    assert pdfs(database, other) == [b"%PDF one"]
    assert count(database, PrintedFile) == 3


def test_of_one_plan_the_newest_versions_are_kept_and_no_file_without_one(database, monkeypatch):
    monkeypatch.setattr(plan_documents, "MOST_VERSIONS", 3)
    own, other = published(database), published(database, "Otra")
    keep(database, other, "a", b"%PDF other")
    for number in range(6):
        keep(database, own, str(number), b"%%PDF %d" % number, NOW + number * DAY)
    assert pdfs(database, own) == [b"%PDF 5", b"%PDF 4", b"%PDF 3"]
    assert pdfs(database, other) == [b"%PDF other"]
    assert count(database, PrintedFile) == 4


def test_a_list_of_versions_does_not_read_their_bytes(database):
    own = published(database)
    keep(database, own, "a", b"%PDF one")
    with database.reading() as session:
        [version] = printed_plans(session, **own)
        assert "file" not in version.__dict__


def test_pruning_keeps_the_newest_of_each_plan_and_what_is_not_old(database):
    own, other = published(database), published(database, "Otra")
    for number in range(AT_ONCE + 2):
        keep(database, own, f"old {number}", f"%PDF old {number}".encode(), NOW + number * dt.timedelta(minutes=1))
    shared = keep(database, own, "shared", b"%PDF shared", NOW + DAY)
    keep(database, own, "new", b"%PDF shared", NOW + 10 * DAY)
    keep(database, other, "only", b"%PDF only")
    assert prune_printed_plans(database, before=NOW + 5 * DAY) == AT_ONCE + 3
    assert pdfs(database, own) == [b"%PDF shared"]
    assert pdfs(database, other) == [b"%PDF only"]
    assert count(database, PrintedFile) == 2
    with pytest.raises(UnknownPrintedPlan), database.reading() as session:
        get_printed_plan(session, **own, printed_id=shared)
    assert prune_printed_plans(database, before=NOW + 5 * DAY) == 0


def test_the_worker_prunes_only_where_a_setting_says_so(database):
    own = published(database)
    keep(database, own, "a", b"%PDF one")
    keep(database, own, "b", b"%PDF two", NOW + DAY)
    later = NOW + 40 * DAY
    sweep(database, Queue(None), now=later, every=dt.timedelta(seconds=1))
    assert count(database, PrintedPlan) == 2
    sweep(database, Queue(None), now=later + DAY, every=dt.timedelta(seconds=1), keep_printed=30 * DAY)
    assert pdfs(database, own) == [b"%PDF two"]


def test_an_organisation_that_is_deleted_takes_its_printed_plans_with_it(database):
    own = published(database)
    keep(database, own, "a", b"%PDF one")
    with database.writing() as session:
        session.execute(delete(Organisation).where(Organisation.id == own["organisation_id"]))
    assert count(database, PrintedPlan) == count(database, PrintedFile) == 0


def test_a_file_that_is_there_is_found_again(database):
    own = published(database)
    with database.writing() as session:
        first = keep_file(session, own["organisation_id"], b"%PDF one")
        assert keep_file(session, own["organisation_id"], b"%PDF one") is first


def test_only_a_shared_plan_is_another_document_and_the_same_as_before_once_it_is_shared_no_more(database):
    own = published(database)
    shared_at = "https://escala.example.org/p/"

    def hash_of(plans_at):
        print_as = PrintAs(Localisation("es", "CO"), plans_at=plans_at)
        with database.reading() as session:
            return prepare_plan_of_round(session, **own, print_as=print_as, now=NOW).content_hash

    with database.writing() as session:
        draft_plan(session, **own, drawn_on=NOW.date(), now=NOW)
    unshared = hash_of(shared_at)
    assert hash_of("") == unshared
    with database.writing() as session:
        share_plan(session, **own, now=NOW)
    shared = hash_of(shared_at)
    assert shared != unshared
    assert hash_of("") == unshared, "an address that no phone can open is not printed"
    assert hash_of("https://other.example.org/p/") not in (shared, unshared)
    with database.writing() as session:
        stop_sharing_plan(session, **own)
    assert hash_of(shared_at) == unshared
