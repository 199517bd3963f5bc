"""An organisation as a file, in a browser: who may, what the pages say, what becomes of it, and what the log tells."""

from __future__ import annotations

import io
import uuid

import pytest
from sqlalchemy import select, update

from assessment.domain.audit import Action
from assessment.infra.clock import utc_now
from assessment.services.audit import get_log
from assessment.services.consultancies import set_of_organisation
from assessment.services.engagement_files import KEPT, delete_old_engagement_files
from assessment.services.teams import create_team
from assessment.store.engagements import EngagementFile
from assessment.store.organisations import Organisation
from assessment.web.responses_file import LARGEST_FILE
from tests.services.build import DAY, Home
from tests.services.engagements import Members, exported
from tests.services.portfolios import add_team, publish, sheets_around
from tests.web.client import PageClient
from tests.web.world import World

PHRASE = "una frase bien larga"


def database_of(world: World):
    return world.app.extensions["escala_database"]


def taken(client: PageClient, world: World, passphrase: str = "") -> bytes:
    """The organisation's file, as somebody downloads it."""
    client.get(f"/organisations/{world.organisation}/engagement")
    address = client.fill().headers["Location"]
    client.get(address)
    answer = client.fill({"passphrase": passphrase, "again": passphrase})
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="clinica-del-valle-')
    assert answer.headers["Content-Disposition"].endswith('.escala"')
    return answer.get_data()


def send(client: PageClient, file: bytes, passphrase: str = "") -> str:
    """What the page says to a file."""
    client.get("/organisations/import")
    answer = client.fill({"file": (io.BytesIO(file), "a.escala"), "passphrase": passphrase})
    answer.request.environ["wsgi.input"].close()  # the test client leaves a large one open
    return client.page.text


def actions(world: World, organisation) -> list[tuple[Action | None, str | None, tuple[str, ...]]]:
    with database_of(world).reading() as session:
        log = get_log(session, organisation_id=organisation)
        return [(event.action, event.email, event.details.parts) for event in log.events]


@pytest.mark.parametrize("language", ["es", "en"])
def test_an_administrator_takes_an_organisation_along_and_another_person_brings_it(world: World, language: str) -> None:
    home = Home(0, world.organisation, world.team)
    publish(database_of(world), home, world.team, sheets_around(3, 12, seed=1), now=utc_now() - 20 * DAY)
    with database_of(world).writing() as session:
        set_of_organisation(session, organisation_id=world.organisation, name="Faro Consultores")
    administrator, outsider = world.client("administrator", language), world.client("outsider", language)
    administrator.get(f"/organisations/{world.organisation}")
    assert f"/organisations/{world.organisation}/engagement" in administrator.page.links
    file = taken(administrator, world, PHRASE)
    assert b"Mesa de ayuda" not in file
    assert {"es": "El archivo está cifrado", "en": "The file is encrypted"}[language] in send(outsider, file)
    wrong = send(outsider, file, PHRASE + ".")
    assert {"es": "no abre este archivo", "en": "does not open this file"}[language] in wrong
    shown = send(outsider, file, PHRASE)
    assert outsider.page.h1 == {"es": "Qué contiene el archivo", "en": "What the file holds"}[language]
    accompanied = {"es": "Con el acompañamiento de", "en": "Accompanied by"}[language]
    for words in ("Clínica del Valle", "Mesa de ayuda", "administrator@example.com", accompanied, "Faro Consultores"):
        assert words in shown
    with database_of(world).reading() as session:
        assert len(session.scalars(select(Organisation)).all()) == 2  # nothing is kept yet
    address = outsider.fill().headers["Location"]
    outsider.get(address)
    assert outsider.page.h1 == "Clínica del Valle"
    brought = uuid.UUID(address.rpartition("/")[2])
    assert brought != world.organisation
    assert administrator.get(address).status_code == 404
    [(action, email, parts)] = actions(world, brought)
    assert (action, email, parts) == (Action.IMPORTED_ENGAGEMENT, "outsider@example.com", ("new",))
    mine = [(action, parts) for action, _email, parts in actions(world, world.organisation)]
    assert mine == [(Action.TOOK_ENGAGEMENT, ("encrypted",)), (Action.MADE_ENGAGEMENT, ())]
    again = send(outsider, file, PHRASE)
    assert {"es": "No hay nada que hacer", "en": "There is nothing to do"}[language] in again


def test_what_has_changed_here_stays_and_the_file_may_stand_beside_it(world: World) -> None:
    administrator, outsider = world.client("administrator"), world.client("outsider")
    send(outsider, taken(administrator, world))
    brought = outsider.fill().headers["Location"].rpartition("/")[2]
    add_team(database_of(world), Home(0, world.organisation, world.team), "Taller")
    second = taken(administrator, world)
    assert "has grown out of it" in send(outsider, second)
    assert outsider.fill().headers["Location"].rpartition("/")[2] == brought
    with database_of(world).writing() as session:
        create_team(
            session, organisation_id=uuid.UUID(brought), name="Aquí",
            size=9, kind="shop", points=(), now=utc_now(),
        )  # fmt: skip
    add_team(database_of(world), Home(0, world.organisation, world.team), "Allá")
    third = taken(administrator, world)
    assert "both have changed" in send(outsider, third)
    # Without the button, which says so, it stays refused.
    form = next(form for form in outsider.page.forms if form["action"].endswith("/confirm"))
    outsider.post(form["action"], data={**form["data"], "as_new": ""})
    assert "both have changed" in outsider.page.text
    beside = outsider.fill().headers["Location"].rpartition("/")[2]
    assert beside != brought


def test_files_that_cannot_be_brought_say_why_and_nothing_is_kept(world: World) -> None:
    client, file = world.client("administrator"), exported(database_of(world), world.organisation)
    answers = exported(database_of(world), world.organisation, with_answers=True)
    many = Members.of(file)
    many.manifest["rounds"] = 151
    for sent, words in (
        (b"no file of ours", "not an engagement file"),
        (file[:-9], "damaged or incomplete"),
        (answers, "what each person answered"),
        (many.packed(), "does not write (manifest)"),
        (b"x" * (LARGEST_FILE + 1), "more than can be read here"),
        (Members.of(file).packed(version=2), "comes from a newer Escala"),
    ):
        assert words in send(client, sent)
    for packed in ("", "bm8gZmlsZQ==", "eNpLBAAAYgBi"):
        client.get("/organisations/import")
        token = client.page.forms[-1]["data"]["csrf_token"]
        answer = client.post("/organisations/import/confirm", data={"csrf_token": token, "packed": packed})
        assert (answer.status_code, answer.headers["Location"]) == (303, "/organisations/import")
    with database_of(world).reading() as session:
        assert len(session.scalars(select(Organisation)).all()) == 2


def test_a_file_is_for_whoever_asked_for_two_hours_and_for_nobody_who_lost_the_role(world: World) -> None:
    client = world.client("administrator")
    client.get(f"/organisations/{world.organisation}/engagement")
    address = client.fill().headers["Location"]
    client.get(address)
    client.fill({"passphrase": "corta", "again": "corta"})
    assert "at least 12 characters" in client.page.text
    client.fill({"passphrase": PHRASE, "again": "otra"})
    assert "not the same" in client.page.text
    with database_of(world).writing() as session:
        session.execute(update(EngagementFile).values(made_at=utc_now() - KEPT + DAY / 1000))
        assert delete_old_engagement_files(session, now=utc_now()) == 0
        assert delete_old_engagement_files(session, now=utc_now() + DAY / 100) == 1
    assert client.get(address).status_code == 404
    assert world.client("manager").get(address).status_code == 403


def test_taking_and_bringing_ask_for_the_password_again(world: World) -> None:
    client = world.client("administrator")
    with client.session_transaction() as browser:
        browser["fs_paa"] = 1.0  # long ago
    for address in (f"/organisations/{world.organisation}/engagement", "/organisations/import"):
        assert client.get(address).headers["Location"].startswith("/account/password-again")
