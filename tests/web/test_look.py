"""The logo and the colour of an organisation: sent, checked, shown, taken away."""

from __future__ import annotations

import dataclasses
import threading
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from PIL import Image

from assessment.infra.pictures import Picture, remake_picture
from assessment.infra.workers import Workers
from assessment.web.prepare import Documents
from tests.infra.test_pictures import many_scans, picture
from tests.web.client import PageClient
from tests.web.conftest import all_databases
from tests.web.world import World


def open_look(world: World) -> PageClient:
    client = world.client("administrator", "es")
    assert client.get(f"{world.address}/look").status_code == 200
    return client


def send(client: PageClient, **values: Any) -> None:
    answer = client.fill(values)
    answer.request.environ["wsgi.input"].close()  # a large one is a file
    if answer.status_code == 303:
        client.get(answer.headers["Location"])


def upload(data: bytes, name: str = "logo.png") -> dict[str, Any]:
    return {"logo": (BytesIO(data), name)}


@all_databases
def test_a_logo_is_kept_drawn_anew_and_removed(world: World) -> None:
    client = open_look(world)
    send(client, **upload(picture(size=(900, 300)), "../../etc/passwd<script>.png"))
    shown = client.get(f"{world.address}/logo")
    assert (shown.mimetype, Image.open(BytesIO(shown.data)).size) == ("image/png", (600, 200))
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert client.get(f"{world.address}/logo", headers={"If-None-Match": shown.headers["ETag"]}).status_code == 304
    client.get(f"{world.address}/look")
    send(client, act="remove")
    assert client.get(f"{world.address}/logo").status_code == 404


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "Envíe un archivo PNG o JPEG."),
        (b"%PDF-1.7", "Envíe un archivo PNG o JPEG."),
        (bytes(1_000_001), "de 1 MB y 10 millones de píxeles como máximo."),
        (picture(size=(4_000, 3_000), mode="L", colour=9), "de 1 MB y 10 millones de píxeles como máximo."),
        (
            many_scans(picture("JPEG", mode="RGB", colour=(9, 9, 9), progressive=True), 500),
            "de 1 MB y 10 millones de píxeles como máximo.",
        ),
    ],
    ids=["svg", "pdf", "large", "many pixels", "many scans"],
)
def test_what_is_no_picture_is_refused_with_a_sentence_and_changes_nothing(
    world: World, sent: bytes, sentence: str
) -> None:
    client = open_look(world)
    send(client, **upload(sent), written="#aa0000")
    assert sentence in client.page.text
    assert client.get(f"{world.address}/logo").status_code == 404
    client.get(f"{world.address}/look")
    assert client.page.forms[-1]["data"]["written"] == "#0b6b6b"


def test_drawing_a_logo_keeps_nobody_from_writing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The attack: a picture that takes long to draw, while nobody else's changes can be kept."""
    client, colleague = open_look(world), world.client("manager")
    statuses = []

    def change_size() -> None:
        colleague.get(f"{world.team_address}/edit")
        statuses.append(colleague.fill({"size": "15"}).status_code)

    def draw_slowly(sent: bytes) -> Picture:
        meanwhile = threading.Thread(target=change_size)
        meanwhile.start()
        meanwhile.join()
        return remake_picture(sent)

    monkeypatch.setattr("assessment.web.pictures.remake_picture", draw_slowly)
    send(client, **upload(picture()))
    assert statuses == [303]
    assert client.get(f"{world.address}/logo").status_code == 200


@pytest.mark.own_app
def test_a_logo_is_drawn_in_another_process_and_what_is_wrong_with_it_comes_back(app: Flask) -> None:
    settings = dataclasses.replace(app.extensions["escala_settings"], document_processes=1)
    documents = app.extensions["escala_documents"] = Documents(settings, testing=False)
    world = World.make(app)
    client = open_look(world)
    send(client, **upload(b"%PDF-1.7"))
    assert "Envíe un archivo PNG o JPEG." in client.page.text
    send(client, **upload(picture()))
    assert client.get(f"{world.address}/logo").status_code == 200
    documents.files.close()
    documents.files = Workers(1, longest=0)  # whatever is sent takes too long
    client.get(f"{world.address}/look")
    send(client, **upload(picture()))
    assert client.page.h1 == "Escala está ocupada", client.page.h1
    documents.close()


@pytest.mark.parametrize(
    ("values", "kept"),
    [
        ({"picked": "#552288"}, "#552288"),
        ({"written": "A03"}, "#aa0033"),
        ({"written": "#552288", "picked": "#aa0000"}, "#552288"),
        ({"written": "teal"}, "#0b6b6b"),
        ({"written": "#000;}*{x:url(//e.x)"}, "#0b6b6b"),
    ],
)
def test_a_colour_is_picked_or_written(world: World, values: dict[str, str], kept: str) -> None:
    client = open_look(world)
    send(client, **values)
    client.get(f"{world.address}/look")
    assert client.page.forms[-1]["data"]["written"] == kept


def test_a_colour_that_cannot_be_read_on_white_is_darkened_and_it_is_said(world: World) -> None:
    client = open_look(world)
    send(client, picked="#ffcc00")
    assert "El color se oscureció un poco, a #8f7200" in client.page.text


def test_only_whoever_administers_changes_the_look_and_only_members_see_the_logo(world: World) -> None:
    administrator = open_look(world)
    send(administrator, **upload(picture()))
    for person, page, logo in (("manager", 403, 200), ("viewer", 403, 200), ("outsider", 404, 404)):
        client = world.client(person)
        assert client.get(f"{world.address}/look").status_code == page
        assert client.get(f"{world.address}/logo").status_code == logo


def test_two_who_change_logo_and_colour_both_have_their_way(world: World) -> None:
    ana, luis = world.client("administrator"), world.client("administrator")
    for client in (ana, luis):
        client.get(f"{world.address}/look")
    ana.fill({"written": "#552288"})
    assert luis.fill({"logo": (BytesIO(picture()), "logo.png")}).status_code == 303
    ana.get(f"{world.address}/look")
    assert ana.page.forms[-1]["data"]["written"] == "#552288"
    ana.get(f"{world.address}/look")
    luis.get(f"{world.address}/look")
    ana.fill({"written": "#aa0033"})
    assert luis.fill({"written": "#0b6b6b"}).status_code == 200
    assert "It now says “#aa0033”" in luis.page.text


def test_a_logo_that_was_just_changed_is_not_removed_unseen(world: World) -> None:
    ana, luis = world.client("administrator"), world.client("administrator")
    ana.get(f"{world.address}/look")
    ana.fill({"logo": (BytesIO(picture()), "logo.png")})
    for client in (ana, luis):
        client.get(f"{world.address}/look")
    ana.fill({"logo": (BytesIO(picture(size=(40, 20))), "logo.png")})
    assert luis.fill({"act": "remove"}).status_code == 200
    assert "The logo was changed while this page was open" in luis.page.text
    assert luis.get(f"{world.address}/logo").status_code == 200
    luis.get(f"{world.address}/look")
    assert luis.fill({"act": "remove"}).status_code == 303
