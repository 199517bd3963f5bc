"""Before a room fills: one phone opens a code, and the screen says that it came through."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import func, select

from assessment.infra.network import LocalNetwork
from assessment.store.attempts import Attempt
from tests.web.client import PageClient
from tests.web.world import World


def path_on(client: PageClient) -> str:
    """What the code leads to, as it is typed."""
    [path] = re.findall(r'<b class="whole">localhost(/phone-test/\d{11})<', client.get("/phone-test").text)
    return str(path)


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_screen_says_so_once_a_phone_has_opened_the_code(world: World, language: str) -> None:
    screen, phone = world.client("manager", language), world.client(language=language)
    path = path_on(screen)
    came = {"es": "Un teléfono llegó a esta computadora.", "en": "A phone reached this computer."}[language]
    assert came not in screen.get("/phone-test").text
    assert path_on(screen) == path, "looking again is the same test"
    assert phone.get(path).status_code == 200
    assert came not in screen.get("/phone-test").text, "programs look at links, too"
    answer = phone.fill()
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert came in screen.get("/phone-test").text
    other = world.client("viewer", language)
    assert path_on(other) != path
    assert came not in other.get("/phone-test").text


def test_what_was_never_handed_out_is_not_found_and_nothing_is_kept(world: World) -> None:
    screen, phone = world.client("manager"), world.app.test_client()
    path, before = path_on(screen), attempts(world)
    last = str((int(path[-1]) + 1) % 10)
    for number in (f"{path.rpartition('/')[2][:-1]}{last}", path[-5:], f"{path[-11:]}0", "٣٣٣٣٣٣٣٣", "abcdefgh"):
        assert phone.post(f"/phone-test/{number}").status_code == 404
        assert attempts(world) == before
    assert phone.post(path, headers={"Origin": "http://elsewhere.example"}).status_code == 403
    assert attempts(world) == before
    assert phone.post(path, headers={"Origin": "http://localhost"}).status_code == 200
    assert attempts(world) == before + 1


def test_it_leads_back_to_the_workshop_and_nowhere_else(world: World) -> None:
    client = world.client("manager", "en")
    way = f"/organisations/{world.organisation}"
    assert f'href="{way}"' in client.get("/phone-test", query_string={"next": way}).text
    assert (
        'href="//elsewhere.example' not in client.get("/phone-test", query_string={"next": "//elsewhere.example"}).text
    )


def attempts(world: World) -> int:
    with world.app.extensions["escala_database"].reading() as session:
        return session.scalar(select(func.count()).select_from(Attempt)) or 0


def test_it_names_the_other_addresses_and_is_reached_from_the_workshop(world: World) -> None:
    client = world.client("manager", "en")
    world.app.extensions["escala_lan"] = LocalNetwork(
        ("http://localhost", "http://10.0.0.7:8000"), "http://escala.local:8000"
    )
    page = client.get("/phone-test").text
    path = path_on(client)
    others = re.findall(r'<li class="whole">([^<]+)<', page)
    assert others == [f"escala.local:8000{path}", f"10.0.0.7:8000{path}"]
    assert "no phone gets through" in page
    assert "This address only works on this computer" in page
