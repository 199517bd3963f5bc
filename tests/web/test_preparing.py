"""Documents that take a while: a page that says so, asks again, and hands the file out; or says that it failed."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select

from assessment.infra.clock import utc_now
from assessment.infra.languages import Localisation
from assessment.infra.workers import MOST_WAITING, TooBusy, Workers
from assessment.services import later_work
from assessment.services.plan_documents import MOST_PRINTS, PrintAs, request_print
from assessment.services.plans import read_plan
from assessment.store.accounts import User
from assessment.store.organisations import Membership, Organisation
from assessment.store.rounds import RoundLink
from assessment.web import prepare
from assessment.web.prepare import MOST_WAITED_FOR, MOST_WAITED_FOR_OF_ONE, Documents
from tests.printing import words_of_pdf
from tests.web.applications import made_once
from tests.web.client import PageClient
from tests.web.tenants import Tenants
from tests.web.test_import import responses, send
from tests.web.world import World

WAIT = 120.0
pytestmark = pytest.mark.own_app


def hold(pipe: str) -> bytes:
    """Goes on until somebody opens the other end of a named pipe."""
    return Path(pipe).read_bytes()


@dataclasses.dataclass
class Desk:
    """An application whose documents are made in one process, and a manager who asks for them."""

    world: World
    documents: Documents
    client: PageClient
    round: str
    """The address of a round that is open."""
    published: str
    where: dict[str, Any]

    def until_there(self, address: str) -> Any:
        """The answer once what was asked for is made: a file, or a page that says how it ended."""
        answer = self.client.get(address)
        if answer.mimetype == "text/html" and "being prepared" in self.client.page.h1:
            self.documents.workers.submit(len, "").exception(WAIT)  # one process: it comes last
            answer = self.client.get(address)
        return answer


@pytest.fixture
def desk(app: Flask) -> Iterator[Desk]:
    tenants = made_once(app, "tenants", lambda: Tenants.make(app))
    world, ours = dataclasses.replace(tenants.world, app=app), tenants.ours
    settings = dataclasses.replace(app.extensions["escala_settings"], document_processes=1)
    documents = app.extensions["escala_documents"] = Documents(settings, testing=False)
    with app.extensions["escala_database"].reading() as session:
        token = ours.tokens["respond.open_link"]
        open_id = session.scalars(select(RoundLink.round_id).where(RoundLink.token == token)).one()
    rounds = f"{world.team_address}/rounds"
    yield Desk(
        world,
        documents,
        world.client("manager"),
        f"{rounds}/{open_id}",
        f"{rounds}/{ours.ids['round_id']}",
        {"organisation_id": world.organisation, "round_id": ours.ids["round_id"]},
    )
    documents.close()


def test_whoever_waits_sees_how_many_come_first_and_then_has_the_file(desk: Desk, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    first = desk.documents.workers.submit(hold, str(pipe))
    desk.client.get(f"{desk.round}/poster.pdf?paper=a4")
    assert "1 document is ahead of yours" in desk.client.page.text
    pipe.write_bytes(b"go on")
    assert first.result(WAIT) == b"go on"
    answer = desk.until_there(f"{desk.round}/poster.pdf?paper=a4&preparing=1")
    assert answer.mimetype == "application/pdf"


def test_a_download_that_was_waited_for_leaves_a_page_that_is_true(desk: Desk) -> None:
    address = f"{desk.published}/plan.pdf?language=es&preparing=1"
    desk.until_there(address)
    assert "ready" in desk.client.page.h1
    (file,) = {link for link in desk.client.page.links if link.startswith(f"{desk.published}/plan.pdf")}
    assert "preparing" not in file
    answer = desk.client.get(file)
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_to_ask_again_reads_nothing_of_the_plan_and_what_comes_is_the_plan_as_it_then_is(
    desk: Desk, tmp_path: Path
) -> None:
    """Pages that wait ask every second, eight of them perhaps: reading a plan takes as long as many answers."""
    pipe, address = tmp_path / "pipe", f"{desk.published}/plan.pdf?language=es"
    os.mkfifo(pipe)
    desk.documents.workers.submit(hold, str(pipe))
    asked: list[str] = []

    def note(*given: Any) -> None:
        asked.append(given[2])

    engine = desk.world.app.extensions["escala_database"].engine
    event.listen(engine, "before_cursor_execute", note)
    desk.client.get(address)
    first = len(asked)
    desk.client.get(f"{address}&preparing=1")
    again = asked[first:]
    event.remove(engine, "before_cursor_execute", note)
    assert "1 document is ahead of yours" in desk.client.page.text
    assert not [statement for statement in again if " plans" in statement or "snapshot" in statement], again
    assert len(again) < first / 2, again

    other = desk.world.client("viewer")
    other.get(f"{address}&preparing=1")
    assert "2 documents" not in other.page.text, "the same document, which is asked for once"
    with desk.world.app.extensions["escala_database"].writing() as session:
        organisation = session.get_one(Organisation, desk.world.organisation)
        organisation.name = "Otro nombre"
        members = session.scalars(select(Membership).where(Membership.organisation_id == organisation.id))
        viewer_id = session.scalars(select(User.id).where(User.email == "viewer@example.com")).one()
        for member in members:
            if member.user_id == viewer_id:
                session.delete(member)
    assert other.get(f"{address}&preparing=1").status_code == 404, "no longer a member"
    pipe.write_bytes(b"go on")
    answer = desk.until_there(f"{address}&preparing=1")
    if "ready" not in desk.client.page.h1:  # what was being made is not the plan as it is now
        answer = desk.until_there(f"{address}&preparing=1")
    (file,) = {link for link in desk.client.page.links if link.startswith(f"{desk.published}/plan.pdf")}
    answer = desk.client.get(file)
    assert "Otro nombre" in words_of_pdf(answer.data)


def test_a_document_that_cannot_be_made_is_said_and_can_be_tried_again(desk: Desk) -> None:
    good, desk.documents.workers = desk.documents.workers, Workers(1, longest=0)
    answer = desk.until_there(f"{desk.round}/poster.pdf?preparing=1")
    assert answer.status_code == 500
    assert "could not be made" in desk.client.page.h1
    desk.documents.workers.close()
    desk.documents.workers = good
    (again,) = {link for link in desk.client.page.links if link.startswith(f"{desk.round}/poster.pdf")}
    assert desk.until_there(again).mimetype == "application/pdf"


def test_more_than_can_be_made_waits_on_its_page(desk: Desk, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for _ in range(MOST_WAITING):
        desk.documents.workers.submit(hold, str(pipe))
    desk.client.get(f"{desk.round}/poster.pdf")
    assert "being prepared" in desk.client.page.h1
    assert f"{MOST_WAITING} documents are ahead of yours" in desk.client.page.text


def test_one_account_leaves_room_for_the_others(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The attack: somebody asks for many documents at once, and nobody else gets any."""
    monkeypatch.setattr(prepare, "MOST_OF_ONE", 2)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    first = desk.documents.workers.submit(hold, str(pipe))
    addresses = [
        f"{desk.round}/poster.pdf?language={language}&paper={paper}"
        for language in ("es", "en")
        for paper in ("a4", "letter")
    ]
    for address in addresses[:-1]:
        desk.client.get(address)
    assert "2 documents are ahead of yours" in desk.client.page.text, "of those of this account, no more"
    other = desk.world.client("administrator")
    other.get(addresses[-1])
    assert "3 documents are ahead of yours" in other.page.text, "it is in the queue"
    pipe.write_bytes(b"go on")
    assert first.result(WAIT)
    desk.until_there(f"{addresses[-2]}&preparing=1")  # there was no room for it: now it is asked for
    assert desk.until_there(f"{addresses[-2]}&preparing=1").status_code == 200


def test_files_that_wait_to_be_read_leave_the_server_to_everybody_else(app: Flask, tmp_path: Path) -> None:
    """The attack: one account sends as many files as the server has threads, and each waits for the one before it."""
    world, pipe = World.make(app), tmp_path / "pipe"
    os.mkfifo(pipe)
    settings = dataclasses.replace(app.extensions["escala_settings"], document_processes=1)
    documents = app.extensions["escala_documents"] = Documents(settings, testing=False)
    documents.files.submit(hold, str(pipe))
    sent = {}
    with ThreadPoolExecutor(2 * MOST_WAITED_FOR + 1) as senders:
        try:
            for person in ("manager", "administrator"):
                clients = [world.client(person) for _ in range(MOST_WAITED_FOR_OF_ONE + 2)]
                sent[person] = [senders.submit(send, client, world, responses()) for client in clients]
                first = zip(range(2), as_completed(sent[person], WAIT), strict=False)
                assert [one.result().status_code for _, one in first] == [503, 503]
            assert world.client("viewer").get(world.team_address).status_code == 200
        finally:
            pipe.write_bytes(b"go on")
        for of_one in sent.values():
            assert sorted(one.result().status_code for one in of_one) == [200] * MOST_WAITED_FOR_OF_ONE + [503] * 2
    documents.close()


def test_whoever_sends_files_leaves_room_for_others_and_all_together_for_pages(app: Flask) -> None:
    documents = app.extensions["escala_documents"]
    with ExitStack() as waiting:
        for _ in range(MOST_WAITED_FOR_OF_ONE):
            waiting.enter_context(documents.waited_for(1))
        with pytest.raises(TooBusy):
            waiting.enter_context(documents.waited_for(1))
        for account in range(2, 2 + MOST_WAITED_FOR - MOST_WAITED_FOR_OF_ONE):
            waiting.enter_context(documents.waited_for(account))
        with pytest.raises(TooBusy):
            waiting.enter_context(documents.waited_for(99))
    with documents.waited_for(1):
        pass


def test_the_page_of_a_print_says_how_far_it_is_and_leads_to_the_printed_version(desk: Desk) -> None:
    database, now = desk.world.app.extensions["escala_database"], utc_now()
    with database.writing() as session:
        round_plan = read_plan(session, **desk.where, drawn_on=now.date())
        job = request_print(session, round_plan, print_as=PrintAs(Localisation("es")), now=now)
    address = f"{desk.published}/plan/printing/{job.id}"
    desk.client.get(address)
    assert "being prepared" in desk.client.page.h1
    with database.writing() as session:
        again = request_print(session, round_plan, print_as=PrintAs(Localisation("es")), now=now)
        assert again.id == job.id, "a second press asks for the same document"
        other = request_print(session, round_plan, print_as=PrintAs(Localisation("en")), now=now)
        assert other.id != job.id
    desk.world.app.extensions["escala_queue"].put("jobs", job.id)
    ready = desk.client.get(address).headers["Location"]
    assert ready.startswith(f"{desk.published}/plan?printed=")
    desk.client.get(ready)
    assert "The plan is ready" in desk.client.page.text
    file = f"{desk.published}/plan/printed/{ready.partition('=')[2]}"
    assert file in desk.client.page.links
    assert desk.client.get(file).data.startswith(b"%PDF-")


def test_one_account_has_few_plans_printed_at_a_time(desk: Desk) -> None:
    """The attack: a plan is changed and printed again and again, and all others wait for it."""
    world, put_nothing = desk.world, lambda *_given: None
    queue = world.app.extensions["escala_queue"]
    queue.put, put = put_nothing, queue.put
    client = desk.client

    def press_print(client: PageClient, owner: str) -> str:
        client.get(f"{desk.published}/plan")
        [field] = [name for name in client.page.forms[-1]["data"] if name.startswith("owner-move")]
        client.get(client.fill({"act": "print", field: owner}).headers["Location"].partition("#")[0])
        return client.page.text

    for number in range(MOST_PRINTS):
        assert "being prepared" in press_print(client, f"Ana {number}")
    assert "Three plans of yours are still being printed" in press_print(client, "Ana once more")
    client.get(f"{desk.published}/plan")
    assert "Ana once more" in client.page.forms[-1]["data"].values(), "what was typed is saved"
    administrator = world.client("administrator")
    assert "being prepared" in press_print(administrator, "Luis")
    queue.put = put
    with world.app.extensions["escala_database"].reading() as session:
        waiting = later_work.due_jobs(session, now=utc_now())
    for job_id in waiting:
        queue.put("jobs", job_id)
    assert "being prepared" in press_print(client, "Ana after all") or "The plan is ready" in client.page.text


def test_a_print_that_cannot_be_done_says_why(desk: Desk) -> None:
    database, now = desk.world.app.extensions["escala_database"], utc_now()
    with database.writing() as session:
        round_plan = read_plan(session, **desk.where, drawn_on=now.date())
        job = request_print(session, round_plan, print_as=PrintAs(Localisation("es")), now=now)
    with database.writing() as session:
        claimed = later_work.claim_job(session, job_id=job.id, now=now)
        later_work.fail_job(session, claimed, code="unfinished", now=now)
    desk.client.get(f"{desk.published}/plan/printing/{job.id}")
    assert "The plan was changed meanwhile" in desk.client.page.text


def test_a_file_that_is_sent_is_read_in_another_process_and_what_is_wrong_comes_back(app: Flask) -> None:
    world = World.make(app)
    settings = dataclasses.replace(app.extensions["escala_settings"], document_processes=1)
    documents = app.extensions["escala_documents"] = Documents(settings, testing=False)
    client = world.client("manager")
    send(client, world, responses(answer="7"))
    assert "Line 2" in client.page.text
    send(client, world, responses())
    assert "6 people" in client.page.text
    documents.files.close()
    documents.files = Workers(1, longest=0)  # whatever is sent takes too long
    assert send(client, world, responses()).status_code == 503
    documents.close()
