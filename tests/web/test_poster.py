"""The poster at its address: for whom, of which round, with which link."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import re

import pypdf
import pytest

from assessment.infra.clock import utc_now
from tests.web.client import PageClient
from tests.web.round_answers import answer_round
from tests.web.test_rounds import link_of, open_round, send
from tests.web.world import World

HEIGHTS = {"letter": 792, "a4": 842}


def poster(client: PageClient, address: str, query: str = "") -> pypdf.PdfReader:
    answer = client.get(f"{address}/poster.pdf{query}")
    assert answer.status_code == 200
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Cache-Control"] == "private, no-store"
    return pypdf.PdfReader(io.BytesIO(answer.data))


def reachable_at(world: World, base_url: str) -> None:
    """For a test that is marked `own_app`."""
    settings = world.app.extensions["escala_settings"]
    world.app.extensions["escala_settings"] = dataclasses.replace(settings, base_url=base_url)


def words(pdf: pypdf.PdfReader) -> str:
    (page,) = pdf.pages
    return re.sub(r"\s+", " ", page.extract_text())


@pytest.mark.own_app
def test_the_round_page_offers_a_poster_in_either_language_and_on_either_paper(world: World) -> None:
    reachable_at(world, "http://escala.example.com")
    client = world.client("manager")
    address = open_round(client, world)
    token = link_of(client, address)
    form = next(form for form in client.page.forms if form["action"].endswith("/poster.pdf"))
    assert form["data"] == {"language": "en", "paper": "letter"}
    for language, title in (("es", "¿Cómo es nuestro servicio?"), ("en", "How good is our service?")):
        for paper, height in HEIGHTS.items():
            pdf = poster(client, address, f"?language={language}&paper={paper}")
            assert title in words(pdf)
            assert round(pdf.pages[0].mediabox.height) == height
            assert f"escala.example.com/r/{token}" in words(pdf).replace(" ", "")
            assert pdf.root_object["/Lang"] == f"{language}-CO"


def test_a_posters_file_is_told_apart_from_others(world: World) -> None:
    client = world.client("manager")
    address = open_round(client, world, name="Cierre de año")
    names = {
        client.get(f"{address}/poster.pdf{query}").headers["Content-Disposition"].partition("filename=")[2]
        for query in ("?language=es&paper=a4", "?language=es&paper=letter", "?language=en&paper=a4")
    }
    assert names == {
        '"cartel-mesa-de-ayuda-cierre-de-ano-es-a4.pdf"',
        '"cartel-mesa-de-ayuda-cierre-de-ano-es-letter.pdf"',
        '"poster-mesa-de-ayuda-cierre-de-ano-en-a4.pdf"',
    }


def test_a_poster_that_no_phone_could_follow_is_not_offered(world: World) -> None:
    client = world.client("manager")
    address = open_round(client, world)
    assert "poster.pdf" not in client.get(address).get_data(as_text=True)
    assert "once phones can reach this address" in client.page.text


def test_what_the_address_does_not_know_is_the_readers_own(world: World) -> None:
    client = world.client("manager", "es")
    address = open_round(client, world)
    pdf = poster(client, address, "?language=fr&paper=../../etc")
    assert "¿Cómo es nuestro servicio?" in words(pdf)
    assert round(pdf.pages[0].mediabox.height) == HEIGHTS["letter"]


def test_a_poster_says_the_rounds_own_minimum_and_last_day(world: World) -> None:
    client = world.client("administrator")
    client.get(f"{world.address}/edit")
    assert client.fill({"minimum_group": "7"}).status_code == 303
    last = (utc_now() + dt.timedelta(days=9)).date()
    address = open_round(client, world, closes_on=last.isoformat())
    said = words(poster(client, address))
    assert "only if 7 people or more have answered" in said
    assert f"{last:%B} {last.day}" in said


def test_before_it_opens_the_poster_says_from_when(world: World) -> None:
    client = world.client("manager")
    first = (utc_now() + dt.timedelta(days=3)).date()
    address = open_round(client, world, opens_on=first.isoformat())
    assert f"From {first:%B} {first.day}, {first.year}" in words(poster(client, address))


def test_personal_links_leave_no_poster(world: World) -> None:
    client = world.client("manager")
    address = open_round(client, world)
    assert send(client, f"{address}/links", how_many="3").status_code == 200
    assert "poster.pdf" not in client.get(address).get_data(as_text=True)
    assert client.get(f"{address}/poster.pdf").status_code == 409
    assert client.page.h1 == "This round has no shared link"


@pytest.mark.parametrize("mode", ["consensus", "stopped"])
def test_a_round_that_nobody_answers_alone_has_no_poster(world: World, mode: str) -> None:
    client = world.client("manager")
    address = open_round(client, world, mode="consensus" if mode == "consensus" else "answered")
    if mode == "stopped":
        send(client, f"{address}/stop")
        assert client.get(f"{address}/poster.pdf").headers["Location"] == address
    else:
        assert client.get(f"{address}/poster.pdf").status_code == 409
    assert "poster.pdf" not in client.get(address).get_data(as_text=True)


def test_a_poster_is_for_those_who_run_rounds(world: World) -> None:
    address = open_round(world.client("manager"), world)
    for person, status in (("viewer", 403), ("outsider", 404), (None, 303)):
        assert world.client(person).get(f"{address}/poster.pdf").status_code == status


def test_personal_links_are_printed_as_slips_from_the_page_that_made_them(world: World) -> None:
    client = world.client("manager")
    address = open_round(client, world)
    answer = send(client, f"{address}/links", how_many="9")
    tokens = set(re.findall(r"/r/([\w-]{22})", answer.get_data(as_text=True)))
    answer = client.fill()
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Cache-Control"] == "private, no-store"
    pdf = pypdf.PdfReader(io.BytesIO(answer.data))
    assert len(pdf.pages) == 2
    said = re.sub(r"\s+", "", "".join(page.extract_text() for page in pdf.pages))
    assert all(said.count(token) == 1 for token in tokens)


def test_only_links_of_this_round_that_are_not_used_become_slips(world: World) -> None:
    client = world.client("manager")
    address = open_round(client, world)
    shared = link_of(client, address)
    send(client, f"{address}/links", how_many="2")
    tokens = client.page.forms[-1]["data"]["tokens"].split()
    answer_round(world.app, tokens[0], 1)
    page = client.page
    for wrong in ("", shared, tokens[0], "x" * 5_000, f"{tokens[1]} https://evil.example", " ".join([tokens[1]] * 99)):
        client.page = page
        assert client.fill({"tokens": wrong}).status_code == 409, wrong
    client.page = page
    assert client.fill({"tokens": tokens[1]}).status_code == 200
