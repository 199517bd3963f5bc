"""How far the actions of a plan are: ticked, noted, stuck and late, on the page and wherever the plan is summed up."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select

from assessment.domain.plans.choices import ActionStatus
from assessment.infra.clock import utc_now
from assessment.store.plan_actions import PlanAction
from assessment.store.portfolio import TeamsChosen, progress_of_plans
from assessment.store.rounds import Round
from tests.printing import words_of_pdf
from tests.web.test_plans import fields, follow, followed, open_follow_up, open_plan, pillars, press
from tests.web.test_results import publish_once
from tests.web.world import World


@pytest.fixture
def address(world: World) -> str:
    return publish_once(world)


def test_what_is_late_comes_first_and_what_is_done_last(
    world: World, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = open_plan(world, address, language="en")
    place = pillars(client)[1]
    drawn = min(value for name, value in fields(client).items() if name.startswith("due-"))
    first, last = fields(client)[f"id-{place}-1"], fields(client)[f"id-{place}-0"]
    press(client, "save", **{f"done-{place}-0": "y"})
    later = dt.datetime.fromisoformat(drawn).replace(tzinfo=dt.UTC) + dt.timedelta(days=40)
    monkeypatch.setattr("assessment.web.plans.editor.utc_now", lambda: later)
    client = open_follow_up(world, address)
    order = followed(client)
    assert (order[-1], first in order[:-1]) == (last, True)
    assert "late." in client.page.text
    late = client.page.text.count("Late ·")
    assert late
    follow(client, order[0], status="done")
    client = open_follow_up(world, address)
    assert client.page.text.count("Late ·") == late - 1
    viewer = open_plan(world, address, "viewer", "en")
    assert viewer.page.text.count("· Late") == late - 1


def test_a_note_stays_with_its_action_and_is_not_printed(world: World, address: str) -> None:
    client = open_follow_up(world, address)
    action = followed(client)[0]
    printed = press(open_plan(world, address), "print").data
    client = open_follow_up(world, address)
    assert follow(client, action, status="blocked", note="Falta el permiso de compras").status_code == 303
    client = open_plan(world, address)
    press(client, "save", **{f"owner-{pillars(client)[1]}-0": "Ana"})
    client = open_follow_up(world, address)
    assert fields(client)[f"note-{action}"] == "Falta el permiso de compras"
    assert fields(client)[f"status-{action}"] == "blocked"
    assert "Falta el permiso" not in words_of_pdf(printed)
    assert "Falta el permiso" not in words_of_pdf(press(open_plan(world, address), "print").data)


@pytest.mark.parametrize("language", ["es", "en"])
def test_a_finished_action_is_ticked_on_paper_and_named_so(world: World, address: str, language: str) -> None:
    client = open_plan(world, address, language=language)
    before = words_of_pdf(press(client, "print").data)
    client = open_follow_up(world, address, language)
    follow(client, followed(client)[0], status="done")
    after = words_of_pdf(press(open_plan(world, address, language=language), "print").data)
    done = {"es": "Hecha", "en": "Done"}[language]
    # Beside its day on page 1; in the calendar at its first step and at its day.
    assert after.count(done) == before.count(done) + 3
    assert after.count(f"{done}:") == 2


@pytest.mark.parametrize("language", ["es", "en"])
def test_without_scripts_nothing_is_said_to_be_kept_by_itself(world: World, address: str, language: str) -> None:
    client = open_plan(world, address, language=language)
    words = {"es": "se guarda cada vez que presiona un botón", "en": "is kept whenever you press a button"}[language]
    assert words in client.page.text
    assert {"es": "se guarda como borrador", "en": "is kept as a draft"}[language] not in client.page.text


def test_all_that_was_changed_is_saved_at_once(world: World, address: str) -> None:
    client = open_follow_up(world, address)
    one, two, *_others = followed(client)
    assert client.fill({f"status-{one}": "doing", f"note-{two}": "Espera a compras"}).status_code == 303
    client = open_follow_up(world, address)
    assert (fields(client)[f"status-{one}"], fields(client)[f"note-{two}"]) == ("doing", "Espera a compras")


def test_two_who_follow_the_plan_do_not_undo_each_others_ticks(world: World, address: str) -> None:
    press(open_plan(world, address), "save")
    ana, luis = open_follow_up(world, address), open_follow_up(world, address)
    one, two, *_others = followed(ana)
    follow(ana, one, status="done")
    follow(luis, two, status="doing")
    client = open_follow_up(world, address)
    assert (fields(client)[f"status-{one}"], fields(client)[f"status-{two}"]) == ("done", "doing")


@pytest.mark.parametrize("language", ["es", "en"])
def test_two_who_write_about_the_same_action_read_both(world: World, address: str, language: str) -> None:
    ana, luis = open_follow_up(world, address), open_follow_up(world, address, language)
    one, two, *_others = followed(ana)
    follow(ana, one, status="blocked", note="Falta el permiso")
    answer = luis.fill({f"note-{one}": "Ya lo pedimos", f"status-{two}": "doing"})
    assert answer.status_code == 422
    assert {"es": "Ahora dice «Falta el permiso»", "en": "It now says “Falta el permiso”"}[language] in luis.page.text
    assert fields(luis)[f"note-{one}"] == "Ya lo pedimos"
    assert fields(luis)[f"status-{one}"] == "blocked", "what was not changed here is as it is by now"
    assert luis.fill().status_code == 303, "sent again, it takes the other's place knowingly"
    client = open_follow_up(world, address)
    assert fields(client)[f"note-{one}"] == "Ya lo pedimos"
    assert (fields(client)[f"status-{one}"], fields(client)[f"status-{two}"]) == ("blocked", "doing")


@pytest.mark.parametrize("wrong", [{"status": "x"}, {"note": "a" * 301}])
def test_what_cannot_be_kept_of_a_note_stays_in_its_form(world: World, address: str, wrong: dict[str, str]) -> None:
    client = open_follow_up(world, address)
    action = followed(client)[0]
    assert follow(client, action, **{"note": "Vamos bien", **wrong}).status_code == 422
    assert fields(client)[f"note-{action}"] == wrong.get("note", "Vamos bien")


def test_a_note_about_an_action_that_was_taken_out_is_not_lost_unseen(world: World, address: str) -> None:
    client = open_plan(world, address)
    place = pillars(client)[0]
    press(client, "save")
    gone = fields(client)[f"id-{place}-0"]
    luis = open_follow_up(world, address)
    press(client, f"remove:{place}:0")
    answer = follow(luis, gone, status="doing", note="Empezamos el lunes")
    luis.get(answer.headers["Location"])
    assert "no longer in the plan" in luis.page.text
    assert "Under way · Empezamos el lunes" in luis.page.text


@pytest.mark.parametrize(
    ("language", "words"),
    [("es", "Todo lo del plan está hecho."), ("en", "Everything in the plan is done.")],
)
def test_a_plan_of_which_all_is_done_says_so_on_the_start_page(
    world: World, address: str, language: str, words: str
) -> None:
    database = world.app.extensions["escala_database"]
    client = open_follow_up(world, address, language)
    follow(client, followed(client)[0], status="doing")
    with database.writing() as session:
        for action in session.scalars(select(PlanAction)):
            action.status = ActionStatus.DONE
        for round_ in session.scalars(select(Round)):
            round_.plan_shared_at = utc_now()
    client.get("/")
    assert words in client.page.text


@pytest.mark.parametrize("language", ["es", "en"])
def test_an_action_that_is_stuck_is_said_wherever_the_plan_is_summed_up(
    world: World, address: str, language: str
) -> None:
    client = open_follow_up(world, address, language)
    follow(client, followed(client)[0], status="blocked")
    client = open_follow_up(world, address, language)
    assert {"es": "1 está atascada.", "en": "1 is stuck."}[language] in client.page.text
    client.get("/")
    words = {"es": "Parte del plan está atascada.", "en": "Part of the plan is stuck."}
    assert words[language] in client.page.text
    assert {"es": "1 está atascada.", "en": "1 is stuck."}[language] in client.page.text
    viewer = open_plan(world, address, "viewer", language)
    assert {"es": "Atascada", "en": "Stuck"}[language] in viewer.page.text


@pytest.mark.parametrize("language", ["es", "en"])
def test_a_day_that_no_plan_has_is_told_and_stays_in_its_field_while_the_last_one_stands(
    world: World, address: str, language: str
) -> None:
    client = open_plan(world, address, language=language)
    due = f"due-{pillars(client)[0]}-0"
    day = fields(client)[due]
    early = dt.date.fromisoformat(day) - dt.timedelta(days=400)
    told = {"es": "una fecha queda fuera del plan", "en": "a day is not within the plan"}[language]
    answer = client.fill({"act": "autosave", due: early.isoformat()})
    assert (answer.status_code, answer.json["is_day_wrong"]) == (200, True)
    assert due in answer.json["faults"]
    client.get(f"{address}/plan")
    assert fields(client)[due] == day
    assert told not in client.page.text.partition("Page 1")[0].partition("Saving")[0]
    press(client, "save", **{due: early.isoformat()})
    assert told in client.page.text
    assert fields(client)[due] == early.isoformat(), "here it is still as it was typed"
    for stays in ("print", "share"):
        press(client, stays, **{due: early.isoformat()})
        assert told in client.page.text, "nothing is printed or shared with another day than the one on the page"
    assert fields(open_plan(world, address))[due] == day


def test_a_day_that_no_plan_has_in_an_older_draft_is_late_nowhere(world: World, address: str) -> None:
    press(open_plan(world, address), "save")
    with world.app.extensions["escala_database"].writing() as session:
        action = session.scalars(select(PlanAction)).first()
        assert action
        action.due_on = action.due_on and action.due_on - dt.timedelta(days=400)
    client = open_follow_up(world, address)
    assert "None is late." in client.page.text
    assert "not within the 90 days" in client.page.text
    client.get("/")
    assert "that are late" not in client.page.text
    with world.app.extensions["escala_database"].reading() as session:
        chosen = TeamsChosen(world.organisation)
        [row] = progress_of_plans(session, chosen, utc_now().date())
    assert (row.state.actions, row.state.late) == (5, 0)


@pytest.mark.parametrize("strange", ["", "x", "5e3f0f4e-6f0a-4f43-9d3c-3f7d1f6a9d55"])
def test_an_action_that_is_not_in_the_plan_is_not_followed(world: World, address: str, strange: str) -> None:
    client = open_follow_up(world, address)
    assert client.fill({f"status-{strange}": "done"}).status_code == 303
    client = open_follow_up(world, address)
    assert "Actions done: 0 of 5." in client.page.text
