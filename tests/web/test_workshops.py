"""A workshop as its people see it, without JavaScript: who leads, the screen in front, and phones."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from assessment.domain.answers import DK, AnswerSheet, Role
from assessment.domain.rounds import RoundMode
from assessment.infra.clock import utc_now
from assessment.services.rounds import open_round
from assessment.store.audit import AuditEvent
from assessment.store.rounds import Round
from assessment.store.workshops import Workshop, WorkshopVote
from assessment.web import limits
from assessment.web.workshops.views import WITHOUT_PAGE
from tests.printing import words_of_pdf
from tests.services.build import answer
from tests.web.client import PageClient
from tests.web.conftest import all_databases
from tests.web.workshop_room import FIRST, RUBRICS, WorkshopRoom, vote, words_of
from tests.web.world import World, beside


def test_a_round_that_is_answered_together_is_held_as_a_workshop(world: World) -> None:
    now = utc_now()
    with world.app.extensions["escala_database"].writing() as session:
        opened = open_round(
            session,
            organisation_id=world.organisation,
            team_id=world.team,
            name="Taller",
            mode=RoundMode.CONSENSUS,
            questionnaires=[RUBRICS],
            opens_at=now,
            closes_at=None,
            now=now,
        )
    manager = world.client("manager")
    manager.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    manager.get(f"/organisations/{world.organisation}/teams/{world.team}/rounds/{opened.id}")
    (start,) = [link for link in manager.page.links if link.endswith("/workshop/start")]
    assert f"{world.team_address}/paper-kit" in manager.page.links
    manager.get(start)
    assert f"{world.team_address}/paper-kit" in manager.page.links
    assert "It votes on 12 pillars" in manager.page.text
    manager.fill({"minutes": "soon"})
    assert "Write a whole number" in manager.page.text
    manager.fill({"minutes": "60"}, follow_redirects=True)
    assert manager.page.h1 == "People are joining"
    assert manager.get(start).headers["Location"].endswith("/workshop")


@all_databases
def test_a_room_votes_sees_how_the_votes_fall_and_agrees(world: World) -> None:
    room = WorkshopRoom.make(world)
    ana, ben = room.phone("es"), room.phone("en")
    assert (ana.page.h1, ben.page.h1) == ("Ya está en el taller", "You are in")
    room.command("next")
    ana.get("/w/room")
    assert ana.page.h1 == "Lenguaje común del servicio"
    room.command("next")
    vote(ben, 2)
    assert "Your vote is in: 2 · Emerging" in ben.page.text
    vote(ana, 2)
    vote(ana, 4)
    led = room.leader.get(room.at()).get_data(as_text=True)
    assert "room-bars" not in led  # of votes that are not shown, nobody learns more than how many there are
    ben.get("/w/room")
    room.command("next")
    ben.fill({"value": "5"}, follow_redirects=True)
    assert "How the votes fall" in ben.page.text
    assert "This vote came too late" in ben.page.text
    room.leader.get(room.at())
    agree = next(at for at, form in enumerate(room.leader.page.forms) if form["action"].endswith("/agree"))
    room.leader.fill({}, form=agree)
    assert "Elija en qué queda de acuerdo el equipo." in room.leader.page.text
    agree = next(at for at, form in enumerate(room.leader.page.forms) if form["action"].endswith("/agree"))
    room.leader.fill({"level": "3", "note": "Se oyen en las reuniones"}, form=agree, follow_redirects=True)
    ben.get("/w/room")
    assert "Agreed: 3 · Practised" in ben.page.text
    room.leader.get(room.at("/end"))
    assert "Engaging service vision" not in room.leader.page.text  # it reads Spanish
    room.leader.fill(follow_redirects=True)
    assert room.leader.page.h1 == "Del taller al plan"
    ana.get("/w/room")
    assert ana.page.h1 == "El taller terminó"
    room.leader.fill(follow_redirects=True)  # one button closes the round, publishes it and leads to the plan
    assert room.leader.page.h1.startswith("Plan de")
    room.leader.get(f"{room.round_page}/results")
    assert "Se oyen en las reuniones" in room.leader.page.text
    room.leader.get(f"{room.round_page}/plan/screen")
    assert "Al plan todavía le falta algo" in room.leader.page.text or "Compartir el plan" in room.leader.page.text
    pdf = room.leader.get(f"{room.round_page}/plan.pdf")
    words = words_of_pdf(pdf.data)
    for part in ("Cómo quedaron los votos y qué acordaron", "3 · En práctica", "2: 1 · 4: 1", "Empate:"):
        assert part in words, part
    viewer = world.client("viewer")
    viewer.get(f"{room.round_page}/results")
    assert "Agreed: 3 · Practised" in viewer.page.text


def test_a_phone_is_told_what_has_changed_and_else_nothing(world: World) -> None:
    room = WorkshopRoom.make(world)
    phone = room.phone("en")
    first = room.fragments(phone, "/w/room/now")
    again = room.fragments(phone, "/w/room/now", first.headers["ETag"])
    assert (again.status_code, again.data) == (304, b"")
    assert sum(len(name) + len(value) for name, value in again.headers) < 900
    room.command("next")
    changed = room.fragments(phone, "/w/room/now", first.headers["ETag"])
    assert "Common service language" in words_of(changed)
    assert room.fragments(room.phone(joins=False), "/w/room/now").status_code == 401


def test_the_screen_shows_how_to_join_then_how_many_have_voted_and_never_what(world: World) -> None:
    room = WorkshopRoom.make(world)
    room.leader.get(room.at("/screen"))
    assert f"{room.pin[:3]} {room.pin[3:]}" in room.leader.page.text
    phone = room.phone()
    room.command("next")
    room.command("next")
    before = words_of(room.fragments(room.leader, room.at("/screen/now")))
    vote(phone, 1)
    one = words_of(room.fragments(room.leader, room.at("/screen/now")))
    vote(phone, 5)
    assert words_of(room.fragments(room.leader, room.at("/screen/now"))) == one != before
    room.command("next")
    seen = room.fragments(room.leader, room.at("/screen/now"))
    assert "Con menos de cinco votos se puede adivinar" in words_of(seen)
    same = room.fragments(room.leader, room.at("/screen/now"), seen.headers["ETag"])
    assert same.status_code == 304


def test_a_command_that_was_meant_for_an_earlier_moment_does_nothing_and_says_so(world: World) -> None:
    room = WorkshopRoom.make(world)
    room.command("next", version="1")
    assert room.row().question
    agree = next(at for at, form in enumerate(room.leader.page.forms) if form["action"].endswith("/agree"))
    late = dict(room.leader.page.forms[agree]["data"]) | {"level": "3", "note": "Se oyen en las reuniones"}
    room.command("skip")
    room.leader.post(room.at("/agree"), data=late, follow_redirects=True)
    assert "Usted había escrito: «3 · En práctica · Se oyen en las reuniones»" in room.leader.page.text
    room.command("back")
    room.command("next", version="1")
    assert room.row().stage == "asked"
    assert "El taller avanzó mientras tanto" in room.leader.page.text
    room.command("next")
    room.command("next")
    assert "Todavía no ha votado nadie" in room.leader.page.text


def test_of_two_who_agree_on_the_same_question_the_second_overwrites_nothing_and_reads_what_it_wrote(
    world: World,
) -> None:
    room = WorkshopRoom.make(world)
    room.command("next")
    agree = next(at for at, form in enumerate(room.leader.page.forms) if form["action"].endswith("/agree"))
    second = dict(room.leader.page.forms[agree]["data"]) | {"level": "2", "note": "De noche no se oyen"}
    room.leader.fill({"level": "3", "note": "Se oyen en las reuniones"}, form=agree)
    room.leader.post(room.at("/agree"), data=second, follow_redirects=True)
    assert "El taller avanzó mientras tanto" in room.leader.page.text
    assert "Usted había escrito: «2 · Incipiente · De noche no se oyen»" in room.leader.page.text
    kept = next(form["data"] for form in room.leader.page.forms if form["action"].endswith("/agree"))
    assert (kept["level"], kept["note"]) == ("3", "Se oyen en las reuniones")


def test_so_few_votes_that_they_can_be_guessed_are_shown_only_when_confirmed(world: World) -> None:
    room = WorkshopRoom.make(world)
    phones = [room.phone("en") for _ in range(5)]
    room.command("next")
    room.command("next")
    for phone in phones[:4]:
        vote(phone, 3)
    room.leader.get(room.at())
    shown = room.leader.page.forms[next(i for i, f in enumerate(room.leader.page.forms) if f["data"].get("command"))]
    room.leader.post(shown["action"], data=shown["data"])
    assert "Solo han votado 4 personas." in room.leader.page.text
    assert room.row().stage == "voting"
    assert room.leader.post(shown["action"], data=shown["data"], headers={WITHOUT_PAGE: "none"}).status_code == 428
    vote(phones[4], 3)
    room.leader.post(shown["action"], data=shown["data"])
    assert room.row().stage == "revealed"


def test_a_room_that_looks_at_the_code_again_goes_back_to_where_it_was(world: World) -> None:
    room = WorkshopRoom.make(world)
    for command in ("next", "skip", "skip"):
        room.command(command)
    at = room.row().question
    assert f"{room.pin[:3]} {room.pin[3:]}" in room.leader.page.text
    forms = [form["data"] for form in room.leader.page.forms]
    room.leader.post(room.at("/command"), data=next(one for one in forms if one.get("to") == ""), follow_redirects=True)
    assert (room.leader.page.h1, room.row().question) == ("El código está de nuevo en la pantalla", "")
    room.command("next")
    assert room.row().question == at


def test_after_the_last_question_the_page_says_what_is_left(world: World) -> None:
    room = WorkshopRoom.make(world)
    phones = [room.phone() for _ in range(5)]
    room.leader.get(room.at())
    last = [form["data"]["to"] for form in room.leader.page.forms if form["data"].get("command") == "go"][-1]
    room.command("go", to=last)
    room.command("next")
    for phone in phones:
        vote(phone, 2)
    room.command("next")
    assert "Todavía sin acordar" in room.leader.page.text
    agree = next(at for at, form in enumerate(room.leader.page.forms) if form["action"].endswith("/agree"))
    room.leader.fill({"level": "2"}, form=agree, follow_redirects=True)
    assert "Lo acordado quedó guardado." in room.leader.page.text
    assert "Ir a la siguiente pregunta pendiente" in room.leader.page.text
    room.command("next")
    assert room.row().question == FIRST


def test_thoughts_and_actions_are_written_down_and_seen_by_those_who_manage(world: World) -> None:
    room = WorkshopRoom.make(world)
    room.leader.get(room.at())
    forms = {form["action"].rpartition("/")[2]: at for at, form in enumerate(room.leader.page.forms)}
    room.leader.fill({"what": " "}, form=forms["action"])
    assert "Escriba qué se hará." in room.leader.page.text
    room.leader.fill({"what": "Un tablero con las palabras", "due_on": "2026-01-15"}, form=forms["action"])
    assert "Ese día ya pasó." in room.leader.page.text
    room.leader.fill(
        {"what": "Un tablero con las palabras", "owner": "Ana", "due_on": "2027-01-15"}, form=forms["action"]
    )
    room.leader.get(room.at())
    room.leader.fill({"parked": "¿Y los turnos de noche?"}, form=forms["park"], follow_redirects=True)
    for words in ("Un tablero con las palabras", "Ana", "15 de enero de 2027", "¿Y los turnos de noche?"):
        assert words in room.leader.page.text
    change = re.findall(r'href="([^"]+/note\?id=[^"]+)"', room.leader.get(room.at()).get_data(as_text=True))
    room.leader.get(change[0].replace("&amp;", "&"))
    room.leader.fill({"words": "Un tablero en la entrada"}, follow_redirects=True)
    assert "Un tablero en la entrada" in room.leader.page.text
    assert "Un tablero con las palabras" not in room.leader.page.text
    room.leader.get(change[1])
    room.leader.fill({"words": ""}, follow_redirects=True)
    assert "noche" not in room.leader.page.text
    room.leader.get(change[1], follow_redirects=True)
    assert "Eso se quitó mientras tanto." in room.leader.page.text


def test_the_short_address_takes_the_pin_however_it_is_typed_and_says_what_is_wrong(world: World) -> None:
    room = WorkshopRoom.make(world)
    phone = room.phone("en", joins=False)
    phone.get("/w/")
    phone.fill({"pin": "12"})
    assert "The PIN has six digits." in phone.page.text
    wrong = f"{(int(room.pin) + 1) % 1_000_000:06}"
    phone.fill({"pin": wrong})
    assert "No workshop has this PIN now." in phone.page.text
    phone.fill({"pin": f" {room.pin[:3]}-{room.pin[3:]} "}, follow_redirects=True)
    assert phone.page.h1 == "You are in"


def test_pins_cannot_be_guessed_and_the_code_still_lets_people_in(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "PINS_OF_ADDRESS", "3 per 10 minutes")
    room = WorkshopRoom.make(world)
    for _ in range(5):  # of those who type the right one, any number comes in
        room.phone(joins=False).post("/w/", data={"pin": room.pin})
    guesser = room.phone("en", joins=False)
    wrong = f"{(int(room.pin) + 1) % 1_000_000:06}"
    assert [guesser.post("/w/", data={"pin": wrong}).status_code for _ in range(4)] == [200, 200, 200, 429]
    assert guesser.post("/w/", data={"pin": room.pin}).status_code == 429
    assert room.phone("en").page.h1 == "You are in"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        # A phone in the local network: over plain http browsers say nothing of how the request relates to the page.
        ({"Origin": "http://192.0.2.7:8000", "Referer": "http://192.0.2.7:8000/w/"}, 303),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://192.0.2.7"}, 403),
        ({"Origin": "http://elsewhere.example", "Referer": "http://elsewhere.example/"}, 403),
        ({"Origin": "http://192.0.2.7:8000", "Sec-Fetch-Site": "cross-site"}, 403),
    ],
)
def test_a_phone_joins_by_an_address_of_the_local_network_and_no_other_site_makes_it_join(
    world: World, headers: dict[str, str], status: int
) -> None:
    room = WorkshopRoom.make(world)
    phone = room.phone(joins=False)
    page = phone.get(f"/w/{room.token}", base_url="http://192.0.2.7:8000")
    assert page.headers["Referrer-Policy"] == "same-origin", "else Chromium sends “null” as the origin of the form"
    sent = phone.post(f"/w/{room.token}", base_url="http://192.0.2.7:8000", headers=headers)
    assert sent.status_code == status


def test_opening_the_code_joins_nobody(world: World) -> None:
    room = WorkshopRoom.make(world)
    room.phone(joins=False).get(f"/w/{room.token}")
    room.leader.get(room.at("/screen"))
    assert "Ya unidos: 0" in room.leader.page.text


def test_votes_of_another_workshop_or_made_up_ones_do_nothing(world: World) -> None:
    room = WorkshopRoom.make(world)
    phone = room.phone()
    room.command("next")
    room.command("next")
    for data in ({"question": "items:other", "ballot": "1", "value": "1"}, {"value": "x"}, {}):
        assert phone.post("/w/room/vote", data=data).status_code == 400
    with world.app.extensions["escala_database"].reading() as session:
        assert session.query(WorkshopVote).count() == 0


def test_a_paused_workshop_is_found_again_the_day_after(world: World) -> None:
    room = WorkshopRoom.make(world)
    phone = room.phone("en")
    room.command("pause")
    phone.get("/w/room")
    assert phone.page.h1 == "The workshop is paused"
    with world.app.extensions["escala_database"].writing() as session:
        session.query(Workshop).one().paused_at -= dt.timedelta(days=1)
    room.leader.get(room.round_page)
    assert any(link.endswith("/workshop") for link in room.leader.page.links)
    for page in ("/", f"/organisations/{world.organisation}/teams/{world.team}"):
        told = words_of(room.leader.get(page))
        assert "continúen donde quedaron" in told, page
        assert "en un solo dispositivo" not in told, page
        assert room.at() in room.leader.page.links, page
    room.command("resume")
    phone.get("/w/room")
    assert phone.page.h1 == "You are in"


def test_an_action_of_each_workshop_takes_a_place_in_the_plan_with_its_owner_and_day(world: World) -> None:
    room = WorkshopRoom.make(world)
    lead, due_on = room.leader, (utc_now() + dt.timedelta(days=20)).date()
    room.command("blank")
    forms = {form["action"].rpartition("/")[2]: at for at, form in enumerate(lead.page.forms)}
    lead.fill({"what": "Tablero de ayer"}, form=forms["action"])
    lead.get(room.at("/end"))
    lead.fill()
    lead.get(room.at("/start"))
    lead.fill({"questions": [FIRST, "items:vision-rubric", "items:recruitment-rubric"]})
    assert _running(world).order == "as_asked"
    for number, command in enumerate(("next", "skip", "skip")):
        room.command(command)
        forms = {form["action"].rpartition("/")[2]: at for at, form in enumerate(lead.page.forms)}
        lead.fill({"level": "2"}, form=forms["agree"], follow_redirects=True)
        act = {"what": f"Tablero {number}", "owner": "Ana", "due_on": str(due_on)}
        lead.fill(act, form=forms["action"], follow_redirects=True)
    lead.get(room.at("/end"))
    lead.fill(follow_redirects=True)
    lead.get(f"{room.round_page}/close")
    lead.fill({"confirmed": "y"}, follow_redirects=True)
    lead.get(f"{room.round_page}/plan")
    assert "4 acciones del taller no están en el plan" in lead.page.text
    lead.get(f"{room.round_page}/plan/workshop")
    assert lead.page.text.count("Ponerla en el plan") == 4
    lead.fill({}, form=-3, follow_redirects=True)
    assert "La acción ya está en el plan" in lead.page.text
    assert lead.page.text.count("Ponerla en el plan") == 3
    stale = dict(lead.page.forms[-1]["data"])
    lead.fill({}, form=-1, follow_redirects=True)
    lead.post(f"{room.round_page}/plan/workshop", data=stale | {"note": "no id"}, follow_redirects=True)
    assert "cambió el plan" in lead.page.text
    lead.get(f"{room.round_page}/plan")
    values = [value for form in lead.page.forms for value in form["data"].values()]
    assert (values.count("Ana"), values.count(str(due_on))) == (2, 2)
    assert "2 acciones del taller no están en el plan" in lead.page.text
    lead.get(f"{room.round_page}/results")
    assert "Tablero de ayer" in lead.page.text


def test_a_server_that_was_started_anew_goes_on_where_it_was(world: World) -> None:
    room = WorkshopRoom.make(world)
    phone = room.phone("en")
    room.command("next")
    room.command("next")
    vote(phone, 3)
    with beside(world.app) as other:
        again = other.test_client()
        assert isinstance(again, PageClient)
        again._cookies = phone._cookies
        again.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
        again.get("/w/room")
        assert "Your vote is in: 3 · Practised" in again.page.text


def test_a_sheet_that_was_sent_on_another_device_counts_and_the_workshop_stands_beside_it(world: World) -> None:
    room = WorkshopRoom.make(world)
    room.command("next")
    agree = next(at for at, form in enumerate(room.leader.page.forms) if form["action"].endswith("/agree"))
    room.leader.fill({"level": "3"}, form=agree)
    database = world.app.extensions["escala_database"]
    with database.reading() as session:
        link = session.get_one(Round, room.round_id).link_token
    answer(database, link, AnswerSheet(role=Role.CONSENSUS, items={"language-rubric": 1}), now=utc_now())
    room.leader.get(room.at("/end"))
    room.leader.fill(follow_redirects=True)
    assert "esa es la que cuenta" in room.leader.page.text
    assert "Acordado: 3 · En práctica" in room.leader.page.text


def test_a_workshop_of_a_round_that_closed_is_kept_and_says_what_to_do(world: World) -> None:
    room = WorkshopRoom.make(world)
    room.command("next")
    agree = next(at for at, form in enumerate(room.leader.page.forms) if form["action"].endswith("/agree"))
    room.leader.fill({"level": "3"}, form=agree)
    room.leader.get(f"{room.round_page}/stop")
    room.leader.fill()
    room.leader.get(room.at("/end"))
    room.leader.fill(follow_redirects=True)
    assert "Todo lo acordado se conserva" in room.leader.page.text
    assert room.row().ended_at is None


def test_a_round_is_discarded_only_after_its_workshop_and_with_what_that_left_behind_named(world: World) -> None:
    room = WorkshopRoom.make(world)
    lead, discard = room.leader, f"{room.round_page}/discard"
    phone = room.phone()
    room.command("next")
    room.command("next")
    vote(phone, 3)
    room.command("next")
    lead.get(f"{room.round_page}/stop")
    assert "Primero termine el taller" in lead.page.text
    lead.fill()
    lead.get(room.round_page)
    assert discard not in lead.page.links
    lead.get(room.at())
    assert "La ronda está cerrada" in lead.page.text
    assert lead.get(discard).status_code == 409
    assert "Hay un taller de esta ronda en curso" in lead.page.text
    lead.get(room.at("/end"))
    lead.fill()
    lead.get(discard)
    assert "1 votación que se mostró a todos" in lead.page.text
    lead.fill({"loses": ""})
    assert "no se descartó nada" in lead.page.text
    assert lead.fill().status_code == 303
    assert lead.get(room.round_page).status_code == 404


def test_while_a_workshop_is_held_nobody_is_offered_to_answer_on_one_device(world: World) -> None:
    room = WorkshopRoom.make(world)
    with world.app.extensions["escala_database"].reading() as session:
        link = session.get_one(Round, room.round_id).link_token
    room.leader.get(room.round_page)
    assert not [one for one in room.leader.page.links if link in one]
    room.leader.get(room.at("/end"))
    room.leader.fill(follow_redirects=True)
    assert [one for one in room.leader.page.links if link in one]


def _chosen(world: World) -> tuple[WorkshopRoom, list[PageClient]]:
    """Two pillars, priorities and a question of the room's own; all is voted on first, by five phones."""
    room = WorkshopRoom.make(world)
    lead = room.leader
    lead.get(room.at("/end"))
    lead.fill(follow_redirects=True)
    lead.get(room.at("/start"))
    lead.fill({"questions": [], "minutes": "60", "order": "votes_first"})
    assert "Elija al menos una pregunta." in lead.page.text
    asked = [FIRST, "items:vision-rubric", "priorities:pillars"]
    lead.fill({"questions": asked, "minutes": "60", "order": "votes_first"}, follow_redirects=True)
    room = replace(room, token=_running(world).token)
    lead.get(room.at("/questions"))
    own = next(at for at, form in enumerate(lead.page.forms) if form["action"].endswith("/own"))
    lead.fill({"es": "", "choices_es": "Sí"}, form=own)
    assert "Escriba la pregunta" in lead.page.text
    assert "de dos a ocho respuestas" in lead.page.text
    lead.fill({"es": "¿Lo haremos?", "choices_es": "Sí\nTal vez\nNo", "choices_en": "Yes\nMaybe\nNo"}, form=own)
    assert [one["es"] for one in _running(world).own_questions] == ["¿Lo haremos?"]
    return room, [room.phone("en") for _ in range(5)]


def _all_vote(room: WorkshopRoom, phones: list[PageClient], *values: int | list[str]) -> None:
    room.command("next")
    for phone, value in zip(phones, values, strict=True):
        vote(phone, value)


def _agree(room: WorkshopRoom, **values: Any) -> None:
    room.leader.get(room.at())
    form = next(at for at, form in enumerate(room.leader.page.forms) if form["action"].endswith("/agree"))
    room.leader.fill(values, form=form, follow_redirects=True)


def test_a_room_votes_first_on_all_that_was_chosen_and_then_talks_where_it_disagrees_most(world: World) -> None:
    room, phones = _chosen(world)
    lead = room.leader
    room.command("next")
    _all_vote(room, phones, 3, 3, 3, 3, 3)
    room.command("next")  # counted, and not shown
    assert _running(world).question == "items:vision-rubric"
    phones[0].get("/w/room")
    assert "How the votes fall" not in phones[0].page.text
    _all_vote(room, phones, 1, 5, 1, 5, 1)
    room.command("next")
    phones[0].get("/w/room")
    assert "Choose up to three." in phones[0].page.text
    _all_vote(room, phones, ["1"], ["1", "2"], ["1", "2", "3"], ["4"], [])
    phones[3].get("/w/room")
    phones[3].fill({"value": ["1", "2", "3", "4"]}, form=0, follow_redirects=True)
    assert "At most 3, please." in phones[3].page.text
    assert "Your vote is in:" in phones[3].page.text
    room.command("next")
    _all_vote(room, phones, 1, 1, 1, 2, 0)
    assert "Maybe" in phones[3].page.text
    room.command("next")
    assert (_running(world).question, _running(world).stage) == ("items:vision-rubric", "revealed")
    _agree(room, level="4", next="1")
    assert _running(world).question == FIRST
    room.command("go", to="priorities:pillars")
    _agree(room, levels=["1", "2", "3", "4"])
    assert "Máximo 3, por favor." in lead.page.text
    _agree(room, levels=["1", "2"])
    lead.get(room.at("/end"))
    assert "El taller no votó sobre" in lead.page.text
    lead.fill(follow_redirects=True)
    lead.fill(follow_redirects=True)
    named = "Lenguaje común del servicio y Visión comprometida del servicio"
    assert f"lo que más importa ahora: {named}." in lead.page.text
    assert "En estos no se acordó ningún nivel" in lead.page.text
    plan = next(at for at, form in enumerate(lead.page.forms) if "version" in form["data"])
    lead.fill({"act": "room"}, form=plan, follow_redirects=True)
    assert "Llevar al plan lo que eligió el equipo" not in lead.page.text
    assert "el equipo lo acordó en el taller" in [v for form in lead.page.forms for v in form["data"].values()]
    assert "Deshacer" in lead.page.text
    lead.fill({"act": "save"}, form=plan, follow_redirects=True)
    assert "Llevar al plan lo que eligió el equipo" not in lead.page.text, "the reason stays when the plan is saved"
    lead.get(f"{room.round_page}/results")
    for words in ("4 · Arraigado", named, "Tal vez"):
        assert words in lead.page.text
    assert lead.page.text.count("Sin nivel acordado") == 1, "all that have none stand in one line"


def test_people_talk_by_the_clock_and_whoever_leads_decides_who_can_join(world: World) -> None:
    room = WorkshopRoom.make(world)
    lead, phones = room.leader, [room.phone("en") for _ in range(5)]
    room.command("next")
    _all_vote(room, phones, 1, 2, 3, 4, 5)
    room.command("next")
    room.command("timer")
    assert "Un minuto más" in lead.page.text
    ends_at = room.row().timer_ends_at
    room.command("minute")
    assert ends_at is not None
    assert room.row().timer_ends_at == ends_at + dt.timedelta(minutes=1)
    room.command("talk")
    assert "data-timer" in lead.get(room.at("/screen")).get_data(as_text=True)
    assert "Conversar:" in lead.page.text
    assert "¿Qué habla a favor de" in lead.page.text
    screen = words_of(room.fragments(lead, room.at("/screen/now")))
    assert "Treinta minutos" not in screen, "beside a timer that says otherwise"
    room.command("untimed")
    assert room.row().timer_ends_at is None
    assert "Treinta minutos" in lead.page.text
    offered = [form["data"]["minutes"] for form in lead.page.forms if form["data"].get("minutes")]
    assert offered == ["30", "10", "5", "2"], "the conversation's own length first"
    room.command("doors")
    assert "Nobody else can join" in room.phone("en").page.h1
    room.command("doors")
    room.command("renew")
    phones[0].get("/w/room")
    assert phones[0].page.h1 == "Common service language"  # who has joined goes on
    phones[0].get(f"/w/{room.token}")
    assert phones[0].page.h1 == "There is no workshop here"


def _running(world: World) -> Workshop:
    with world.app.extensions["escala_database"].reading() as session:
        found: Workshop = session.scalars(select(Workshop).where(Workshop.ended_at.is_(None))).one()
        return found


def test_of_a_tie_at_most_two_answers_are_named_and_after_agreeing_it_is_decided(world: World) -> None:
    room = WorkshopRoom.make(world)
    lead, phones = room.leader, [room.phone("en") for _ in range(6)]
    room.command("next")
    _all_vote(room, phones, 1, 1, 2, 2, 3, 3)
    room.command("next")
    assert "Empate: 3 respuestas tienen la misma cantidad de votos. El equipo decide." in lead.page.text
    assert "qué habla a favor de una respuesta baja" in lead.page.text
    _agree(room, level="2")
    lead.get(room.at())
    assert "El equipo decidió." in lead.page.text
    assert "respuesta baja" not in lead.page.text
    phones[0].get("/w/room")
    assert "The team decided." in phones[0].page.text


def test_where_all_see_it_alike_nobody_is_asked_what_speaks_for_either_end(world: World) -> None:
    room = WorkshopRoom.make(world)
    phones = [room.phone("en") for _ in range(5)]
    room.command("next")
    _all_vote(room, phones, 3, 3, 3, 3, 3)
    room.command("next")
    assert "lo ven igual" in room.leader.page.text
    assert "respuesta baja" not in room.leader.page.text


def test_of_two_who_change_what_was_written_down_the_second_reads_what_the_first_wrote(world: World) -> None:
    room = WorkshopRoom.make(world)
    room.leader.get(room.at())
    park = next(at for at, form in enumerate(room.leader.page.forms) if form["action"].endswith("/park"))
    room.leader.fill({"parked": "¿Y los turnos de noche?"}, form=park, follow_redirects=True)
    (change,) = re.findall(r'href="([^"]+/note\?id=[^"]+)"', room.leader.get(room.at()).get_data(as_text=True))
    room.leader.get(change)
    form = room.leader.page.forms[-1]
    room.leader.fill({"words": "Los turnos de la mañana"}, follow_redirects=True)
    room.leader.post(form["action"], data=form["data"] | {"words": "Los turnos"})
    assert "Los turnos de la mañana" in room.leader.page.text
    assert room.leader.page.forms[-1]["data"]["words"] == "Los turnos"
    room.leader.fill(follow_redirects=True)
    assert "Los turnos de la mañana" not in room.leader.page.text


def test_beside_a_question_that_is_not_taken_the_choice_of_questions_still_works(world: World) -> None:
    room = WorkshopRoom.make(world)
    room.leader.get(room.at("/questions"))

    def form(page: str) -> int:
        return next(at for at, one in enumerate(room.leader.page.forms) if one["action"].endswith(page))

    room.leader.fill({"es": "", "en": ""}, form=form("/questions/own"))
    assert room.leader.page.forms[form("/workshop/questions")]["data"]["version"] == str(room.row().version)
    room.leader.fill(form=form("/workshop/questions"), follow_redirects=True)
    assert "Desde ahora se vota sobre esto." in room.leader.page.text


def test_a_round_that_only_stops_after_its_workshop_is_not_said_to_be_published(world: World) -> None:
    now, leader, database = utc_now(), world.client("manager"), world.app.extensions["escala_database"]
    with database.writing() as session:
        opened = open_round(
            session,
            organisation_id=world.organisation,
            team_id=world.team,
            questionnaires=[RUBRICS],
            name="Taller",
            mode=RoundMode.CONSENSUS,
            opens_at=now,
            closes_at=None,
            now=now,
        )
        round_id, link = opened.id, opened.link_token
    answer(database, link, AnswerSheet(role=Role.CONSENSUS, items={"language-rubric": DK}), now=now)  # of no use
    leader.get(f"{world.team_address}/rounds/{round_id}/workshop/after")
    leader.fill()
    with database.reading() as session:
        is_published = session.get_one(Round, round_id).published_at is not None
        actions = session.scalars(select(AuditEvent.action).order_by(AuditEvent.happened_at)).all()
    assert (is_published, actions[-1]) == (False, "stopped-round")
