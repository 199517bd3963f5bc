"""Owners without an account: the manager makes a link, the owner says how far their actions are, and nothing else."""

from __future__ import annotations

import datetime as dt
import json
import re
import uuid
from typing import Any
from urllib.parse import unquote

import pytest
from flask import Flask
from sqlalchemy import update

from assessment.infra.clock import utc_now
from assessment.infra.logging import configure_logging
from assessment.store.owner_links import OwnerLink
from assessment.web.owners.cookie import keep_token
from tests.web.client import PageClient
from tests.web.conftest import all_databases
from tests.web.test_plans import open_plan, pillars, press
from tests.web.test_results import publish_once
from tests.web.world import World


@pytest.fixture
def address(world: World) -> str:
    return publish_once(world)


def name_owners(world: World, address: str, *names: str) -> list[str]:
    """Writes owners of the first actions into the plan; the ids of its actions, in their order."""
    manager = open_plan(world, address)
    places = [f"{pillar}-{at}" for pillar in pillars(manager) for at in (0, 1)]
    press(manager, "save", **{f"owner-{place}": name for place, name in zip(places, names, strict=False)})
    values = manager.page.forms[-1]["data"]
    return [values[f"id-{place}"] for place in places]


def owners_page(world: World, address: str, language: str = "es") -> PageClient:
    client = world.client("manager", language)
    assert client.get(f"{address}/plan/owners").status_code == 200
    return client


def html_of(client: PageClient) -> str:
    return client.get(client.at).get_data(as_text=True)


def card_of(client: PageClient, owner: str) -> int:
    return next(at for at, form in enumerate(client.page.forms) if form["data"].get("owner") == owner)


def make_link(world: World, address: str, owner: str, *actions: str, language: str = "es") -> str:
    """The path of a new link."""
    client = owners_page(world, address, language)
    answer = client.fill({"action": list(actions)}, form=card_of(client, owner))
    assert answer.status_code == 200
    found = re.search(r'value="http://localhost(/a/[\w-]{22})"', answer.get_data(as_text=True))
    assert found
    return found.group(1)


def open_link(world: World, link: str, language: str = "es") -> PageClient:
    client = world.client(language=language)
    answer = client.get(link)
    assert answer.status_code == 303, answer.status_code
    assert client.get(answer.headers["Location"]).status_code == 200
    return client


def follow(client: PageClient, answer: Any) -> str:
    assert answer.status_code == 303
    client.get(answer.headers["Location"])
    return client.page.text


def statuses(world: World, address: str) -> dict[str, tuple[str, str]]:
    """Status and note of each action, as the manager has them."""
    client = world.client("manager", "es")
    client.get(f"{address}/plan/follow")
    values = client.page.forms[-1]["data"]
    ids = [name.removeprefix("status-") for name in values if name.startswith("status-")]
    return {id_: (values[f"status-{id_}"], values[f"note-{id_}"]) for id_ in ids}


@all_databases
@pytest.mark.parametrize("language", ["es", "en"])
def test_an_owner_says_how_far_their_action_is_and_sees_nothing_else(world: World, address: str, language: str) -> None:
    mine, other, *_ = name_owners(world, address, "Ana", "Luis Secreto")
    ana = open_link(world, make_link(world, address, "Ana", mine), language)
    page = ana.page
    assert page.lang.startswith(language)
    assert page.h1 == {"es": "Sus acciones", "en": "Your actions"}[language]
    assert "Mesa de ayuda" in page.text
    assert "Ana" in page.text
    for secret in ("Luis Secreto", other, "Prioridad", "Priority", "organisations"):
        assert secret not in html_of(ana)
    said = follow(ana, ana.fill({f"status-{mine}": "blocked", f"note-{mine}": "Falta el permiso"}))
    assert {"es": "Guardado.", "en": "Saved."}[language] in said
    assert statuses(world, address)[mine] == ("blocked", "Falta el permiso")
    assert statuses(world, address)[other] == ("todo", "")
    manager = world.client("manager", "en")
    manager.get(f"{address}/plan/follow")
    assert "by the link of Ana" in manager.page.text


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("es", "No hace falta enlace para quienes ya terminaron todo: Ana."),
        ("en", "No link is needed for those who have finished everything: Ana."),
    ],
)
def test_no_link_is_proposed_to_whoever_has_finished_everything(
    world: World, address: str, language: str, words: str
) -> None:
    mine, *_ = name_owners(world, address, "Ana", "Luis")
    manager = world.client("manager")
    manager.get(f"{address}/plan/follow")
    manager.fill({f"status-{mine}": "done"}, form=-1)
    page = owners_page(world, address, language).page
    owners = [form["data"]["owner"] for form in page.forms if "owner" in form["data"]]
    assert "Luis" in owners
    assert "Ana" not in owners
    assert words in page.text


def test_the_link_is_shown_once_with_code_message_and_its_last_day(world: World, address: str) -> None:
    mine, *_ = name_owners(world, address, "Ana")
    client = owners_page(world, address)
    answer = client.fill({"action": [mine]}, form=card_of(client, "Ana"))
    html = answer.get_data(as_text=True)
    [link] = set(re.findall(r"/a/[\w-]{22}", html))
    (whatsapp,) = [one for one in client.page.links if one.startswith("https://wa.me/")]
    assert link in unquote(whatsapp)
    assert "data-copy" in html
    assert "<svg" in html
    assert "Funciona" in client.page.text or "funciona hasta" in client.page.text
    assert "no-store" in answer.headers["Cache-Control"]
    again = owners_page(world, address)
    assert link.removeprefix("/a/") not in html_of(again)
    assert "Ana" in again.page.text


def test_the_secret_leaves_the_address_and_the_log(world: World, address: str, capsys: Any) -> None:
    mine, *_ = name_owners(world, address, "Ana")
    link = make_link(world, address, "Ana", mine)
    configure_logging("text")
    ana = open_link(world, link)
    follow(ana, ana.fill({f"note-{mine}": "Una nota secreta"}))
    token, written = link.removeprefix("/a/"), capsys.readouterr()
    assert token not in ana.at
    assert token not in html_of(ana)
    assert token not in written.err + written.out
    assert "secreta" not in written.err + written.out
    cookie = next(c for c in ana._cookies.values() if c.key.startswith("escala_a_"))
    assert (cookie.path, cookie.http_only, cookie.same_site) == ("/a", True, "Lax")
    assert 'name="robots" content="noindex' in html_of(ana)


def test_opening_a_link_changes_nothing_whoever_opens_it_and_how_often(world: World, address: str) -> None:
    mine, *_ = name_owners(world, address, "Ana")
    link = make_link(world, address, "Ana", mine)
    before = statuses(world, address)
    for method in ("HEAD", "GET", "HEAD", "GET"):
        preview = world.client()
        answer = preview.open(link, method=method)
        assert answer.status_code == 303
        preview.open(answer.headers["Location"], method=method)
    assert statuses(world, address) == before
    assert "—" in owners_page(world, address).page.text, "not used yet"
    with world.app.extensions["escala_database"].reading() as session:
        assert all(one.used_on is None for one in session.query(OwnerLink))


def test_another_action_in_the_form_is_not_touched(world: World, address: str) -> None:
    mine, other, third, *_ = name_owners(world, address, "Ana", "Luis", "Ana")
    ana = open_link(world, make_link(world, address, "Ana", mine))
    foreign = str(uuid.uuid4())
    showed = json.dumps({f"status-{other}": "todo", f"note-{other}": ""})
    follow(
        ana,
        ana.fill(
            {
                f"status-{mine}": "doing",
                **{f"status-{one}": "done" for one in (other, third, foreign)},
                **{f"note-{one}": "<b>no</b>" for one in (other, third, foreign)},
                "page_showed": showed,
            }
        ),
    )
    now = statuses(world, address)
    assert now[mine][0] == "doing"
    assert now[other] == now[third] == ("todo", "")


@pytest.mark.parametrize("status", ["dropped", "nonsense", ""])
def test_an_owner_says_only_what_the_form_offers(world: World, address: str, status: str) -> None:
    mine, *_ = name_owners(world, address, "Ana")
    ana = open_link(world, make_link(world, address, "Ana", mine))
    assert ana.fill({f"status-{mine}": status}).status_code == 422
    assert statuses(world, address)[mine] == ("todo", "")


def test_a_form_without_its_token_or_with_another_links_is_refused(world: World, address: str) -> None:
    mine, other, *_ = name_owners(world, address, "Ana", "Luis")
    ana = open_link(world, make_link(world, address, "Ana", mine))
    luis = open_link(world, make_link(world, address, "Luis", other))
    theirs, where = luis.page.forms[-1]["data"]["csrf_token"], ana.page.forms[-1]["action"]
    for token in ("", "x", theirs, "á" * 70):
        assert ana.post(where, data={"csrf_token": token, f"status-{mine}": "done"}).status_code == 400
    manager = world.client("manager")
    manager.get("/account")
    own = manager.page.forms[0]["data"]["csrf_token"]
    assert manager.post(where, data={"csrf_token": own, f"status-{mine}": "done"}).status_code == 404, "no cookie"
    assert statuses(world, address)[mine] == ("todo", "")


@pytest.mark.parametrize("language", ["es", "en"])
def test_an_owner_says_what_shows_it(world: World, address: str, language: str) -> None:
    mine, *_ = name_owners(world, address, "Ana")
    ana = open_link(world, make_link(world, address, "Ana", mine), language)
    assert {"es": "Fecha", "en": "Due"}[language] in ana.page.text
    shows = "https://example.org/foto"
    ana.fill({f"status-{mine}": "done", f"evidence-{mine}": shows})
    manager = world.client("manager", language)
    manager.get(f"{address}/plan/follow")
    assert shows in manager.page.links
    assert manager.page.forms[-1]["data"][f"evidence-{mine}"] == shows


def test_a_link_that_was_ended_saves_nothing_and_says_so(world: World, address: str) -> None:
    mine, *_ = name_owners(world, address, "Ana")
    link = make_link(world, address, "Ana", mine)
    ana = open_link(world, link)
    manager = owners_page(world, address)
    [at] = [at for at, form in enumerate(manager.page.forms) if form["action"].endswith("/end")]
    manager.fill(form=at)
    assert ana.fill({f"status-{mine}": "done"}).status_code == 410
    assert ana.page.h1 == "Este enlace ya no funciona"
    assert "Lo que acaba de escribir no se guardó" in ana.page.text
    assert "Mesa de ayuda" not in html_of(ana)
    looking = world.client(language="es")
    assert looking.get(link).status_code == 410
    assert "acaba de escribir" not in looking.page.text
    assert statuses(world, address)[mine] == ("todo", "")
    assert "terminado" in owners_page(world, address).page.text


@pytest.mark.parametrize("language", ["es", "en"])
def test_a_link_that_is_over_or_unknown_says_so_kindly(world: World, address: str, language: str) -> None:
    mine, *_ = name_owners(world, address, "Ana")
    link = make_link(world, address, "Ana", mine)
    with world.app.extensions["escala_database"].writing() as session:
        session.execute(update(OwnerLink).values(expires_on=utc_now().date() - dt.timedelta(days=3)))
    client = world.client(language=language)
    assert client.get(link).status_code == 410
    assert client.page.h1 == {"es": "Este enlace venció", "en": "This link has expired"}[language]
    for token in ("nothing", "x" * 500, "á", "."):
        assert client.get(f"/a/{token}").status_code == 404
    client.get("/a/nothing")
    assert client.page.h1 == {"es": "No conocemos este enlace", "en": "We do not know this link"}[language]


def test_without_its_cookie_the_page_asks_for_the_link(world: World, address: str) -> None:
    mine, other, *_ = name_owners(world, address, "Ana", "Luis")
    ana = open_link(world, make_link(world, address, "Ana", mine))
    where = ana.at.partition("?")[0]
    stranger = world.client(language="es")
    assert stranger.get(where).status_code == 404
    assert stranger.page.h1 == "Abra de nuevo su enlace, por favor"
    luis = open_link(world, make_link(world, address, "Luis", other))
    assert luis.get(where).status_code == 404, "another link's cookie opens only its own page"
    with world.app.test_request_context():
        answer = world.app.make_response("")
        keep_token(answer, "another-token")
    forged = answer.headers["Set-Cookie"].partition("=")[2].partition(";")[0]
    stranger.set_cookie(f"escala_a_{where.rpartition('/')[2]}", forged, path="/a")
    assert stranger.get(where).status_code == 404


def test_a_page_that_was_left_open_undoes_nothing_of_the_manager_unseen(world: World, address: str) -> None:
    mine, second, *_ = name_owners(world, address, "Ana", "Ana")
    ana = open_link(world, make_link(world, address, "Ana", mine, second))
    manager = world.client("manager", "es")
    manager.get(f"{address}/plan/follow")
    manager.fill({f"note-{mine}": "De la gerente", f"status-{second}": "doing"})
    said = follow(ana, ana.fill({f"note-{second}": "De Ana"}))
    assert "De la gerente" in said
    now = statuses(world, address)
    assert (now[mine], now[second]) == (("todo", "De la gerente"), ("doing", "De Ana"))

    stale = open_link(world, make_link(world, address, "Ana", mine, second))
    manager.get(f"{address}/plan/follow")
    manager.fill({f"note-{mine}": "Otra vez"})
    assert stale.fill({f"note-{mine}": "La mía"}).status_code == 422
    assert "Otra vez" in stale.page.text
    assert stale.page.forms[-1]["data"][f"note-{mine}"] == "La mía"
    follow(stale, stale.fill({}))
    assert statuses(world, address)[mine][1] == "La mía"


def test_what_was_written_about_an_action_that_is_no_longer_theirs_is_told(world: World, address: str) -> None:
    mine, second, *_ = name_owners(world, address, "Ana", "Ana")
    ana = open_link(world, make_link(world, address, "Ana", mine, second))
    name_owners(world, address, "Luis")
    said = follow(ana, ana.fill({f"note-{mine}": "Para nadie", f"note-{second}": "Para mí"}))
    assert "Para nadie" in said
    assert "ya no es suya" in said
    now = statuses(world, address)
    assert (now[mine][1], now[second][1]) == ("", "Para mí")


def test_hostile_words_stay_words(world: World, address: str) -> None:
    name = "<img src=x onerror=alert(1)> & Ana"
    mine, *_ = name_owners(world, address, name)
    ana = open_link(world, make_link(world, address, name, mine))
    assert "<img src=x" not in html_of(ana)
    follow(ana, ana.fill({f"note-{mine}": "<script>alert(1)</script>\u202e"}))
    assert "<script>alert" not in html_of(ana)
    assert ana.fill({f"note-{mine}": "x" * 301}).status_code == 422
    assert statuses(world, address)[mine][1] == "<script>alert(1)</script>"


def test_a_page_of_owners_that_is_older_than_the_plan_makes_no_link(world: World, address: str) -> None:
    mine, *_ = name_owners(world, address, "Ana")
    stale = owners_page(world, address)
    name_owners(world, address, "Luis")
    answer = stale.fill({"action": [mine]}, form=card_of(stale, "Ana"))
    assert answer.status_code == 303
    assert "cambió mientras tanto" in follow(stale, answer)
    none = owners_page(world, address)
    assert "al menos una acción" in follow(none, none.fill({"action": []}, form=card_of(none, "Luis")))
    with world.app.extensions["escala_database"].reading() as session:
        assert session.query(OwnerLink).count() == 0


def test_who_is_signed_in_is_nobody_there(world: World, address: str) -> None:
    mine, *_ = name_owners(world, address, "Ana")
    link = make_link(world, address, "Ana", mine)
    viewer = world.client("viewer", "es")
    viewer.get(viewer.get(link).headers["Location"])
    assert viewer.page.h1 == "Sus acciones"
    follow(viewer, viewer.fill({f"status-{mine}": "done"}))
    assert statuses(world, address)[mine][0] == "done"


@pytest.mark.own_app
def test_one_link_saves_only_so_often(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assessment.web.limits.OWNERS_SAVES", "2 per hour")
    address = publish_once(world)
    mine, second, *_ = name_owners(world, address, "Ana", "Luis")
    ana, luis = (
        open_link(world, make_link(world, address, name, id_)) for name, id_ in (("Ana", mine), ("Luis", second))
    )
    for note in ("1", "2"):
        follow(ana, ana.fill({f"note-{mine}": note}))
    assert ana.fill({f"note-{mine}": "3"}).status_code == 429
    follow(luis, luis.fill({f"note-{second}": "sigue"}))
    assert (statuses(world, address)[mine][1], statuses(world, address)[second][1]) == ("2", "sigue")


def test_the_language_is_chosen_on_the_page_and_stays(world: World, address: str) -> None:
    mine, *_ = name_owners(world, address, "Ana")
    ana = open_link(world, make_link(world, address, "Ana", mine))
    ana.get(f"{ana.at.partition('?')[0]}?lang=en")
    assert ana.page.h1 == "Your actions"
    assert "Saved." in follow(ana, ana.fill({f"status-{mine}": "doing"}))
    assert ana.page.h1 == "Your actions"


def test_the_application_has_no_form_guard_for_other_pages_less(app: Flask) -> None:
    assert app.extensions["csrf"]._exempt_views == set()
