"""The fifteen-minute meeting: one action after the other, three buttons, and page 1 at the end."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest

from assessment.domain.plans.meetings import meeting_on
from tests.printing import words_of_pdf
from tests.web.applications import made_once
from tests.web.client import PageClient
from tests.web.test_plans import fields, follow, followed, open_follow_up, open_plan, press
from tests.web.test_results import publish_once
from tests.web.world import World


@pytest.fixture
def address(world: World) -> str:
    def make() -> str:
        made = publish_once(world)
        press(open_plan(world, made), "save")
        return made

    return made_once(world.app, "twelve answers published and planned", make)


@pytest.fixture
def at_day_30(world: World, address: str, monkeypatch: pytest.MonkeyPatch) -> dt.datetime:
    return be_at(monkeypatch, meeting_on(dt.datetime.now(dt.UTC).date(), 30))


def be_at(monkeypatch: pytest.MonkeyPatch, day: dt.date) -> dt.datetime:
    """The afternoon of a day, for all pages about the plan."""
    now = dt.datetime.combine(day, dt.time(15), dt.UTC)
    for module in (
        "assessment.web.plans.editor",
        "assessment.web.plans.meeting",
        "assessment.web.plans.views",
        "assessment.web.home.views",
        "assessment.web.teams.views",
    ):
        monkeypatch.setattr(f"{module}.utc_now", lambda: now)
    return now


def open_meeting(world: World, address: str, language: str = "en", action: str = "") -> PageClient:
    client = world.client("manager", language)
    answer = client.get(f"{address}/plan/meeting{f'?action={action}' if action else ''}")
    if answer.status_code == 303:
        answer = client.get(answer.headers["Location"])
    assert answer.status_code == 200
    return client


def say(client: PageClient, said: str, **values: str) -> Any:
    """Presses one of the three buttons, and goes where that leads."""
    answer = following = client.fill({"said": said, **values})
    while following.status_code == 303:
        following = client.get(following.headers["Location"])
    return answer


def shown(client: PageClient) -> str:
    """The action that the page asks about."""
    return fields(client)["action"]


@pytest.mark.parametrize("language", ["es", "en"])
def test_it_goes_through_what_is_due_and_ends_with_page_1(
    world: World, address: str, language: str, at_day_30: dt.datetime
) -> None:
    client = open_meeting(world, address, language)
    asked = []
    for said in ("done", "goes-on", "stuck", "goes-on", "goes-on"):
        if "/meeting/end" in client.at:
            break
        asked.append(shown(client))
        answer = say(client, said, note=f"Nota {said}")
        assert answer.status_code == 303
    assert len(asked) == len(set(asked))
    assert "/meeting/end" in client.at
    heads = {"es": ("Hecha (1)", "Sigue", "Atascada (1)"), "en": ("Done (1)", "Goes on", "Stuck (1)")}[language]
    for words in heads:
        assert words in client.page.text
    following = open_follow_up(world, address, language)
    said_of = [fields(following)[f"status-{action}"] for action in asked[:3]]
    assert said_of == ["done", "doing", "blocked"]
    assert fields(following)[f"note-{asked[2]}"] == "Nota stuck"
    assert say(client, "").status_code == 303
    assert {"es": "La reunión está cerrada", "en": "The meeting is closed"}[language] in client.page.text
    [link] = [one for one in client.page.links if one.endswith("/plan/page-1.pdf")]
    printed = client.get(link)
    assert printed.mimetype == "application/pdf"
    words = words_of_pdf(printed.data)
    assert {"es": "Hecha", "en": "Done"}[language] in words
    assert "Nota" not in words
    assert "1 / 1" in words or "1/1" in words


def test_the_meeting_is_offered_around_its_day_until_it_is_closed(
    world: World, address: str, at_day_30: dt.datetime
) -> None:
    client = world.client("manager", "en")
    for page in ("/", world.team_address):
        client.get(page)
        assert "the meeting of day 30" in client.page.text
        assert any(one.endswith("/plan/meeting") for one in client.page.links)
        assert f"planned for {at_day_30:%B} {at_day_30.day}, {at_day_30.year}" in client.page.text
    assert "meeting of day 30 is planned for" in open_follow_up(world, address).page.text
    viewer = world.client("viewer", "en")
    viewer.get("/")
    assert not any(one.endswith("/plan/meeting") for one in viewer.page.links)
    client.get(f"{address}/plan/meeting/end")
    say(client, "")
    client.get("/")
    assert "the meeting of day 30" not in client.page.text
    client = open_follow_up(world, address)
    assert "The last meeting was closed on" in client.page.text
    assert any(one.endswith("/plan/meeting") for one in client.page.links), "always to be reached from here"


def test_one_goes_back_and_says_otherwise(world: World, address: str, at_day_30: dt.datetime) -> None:
    client = open_meeting(world, address)
    first = shown(client)
    say(client, "done")
    back = [one for one in client.page.links if f"action={first}" in one]
    client.get(back[0])
    assert shown(client) == first
    assert "Said already: Done." in client.page.text
    say(client, "goes-on")
    assert fields(open_follow_up(world, address))[f"status-{first}"] == "doing"


def test_each_action_has_its_own_address_and_what_is_about_another_is_kept_of_neither(
    world: World, address: str, at_day_30: dt.datetime
) -> None:
    client = open_meeting(world, address)
    first = shown(client)
    assert client.at.endswith(f"?action={first}"), "the way back leads to this action, not to the next"
    say(client, "goes-on")
    second = shown(client)
    client.get(f"{address}/plan/meeting?action={second}")
    say(client, "stuck", action=first, note="De la primera")
    assert "“De la primera”" in client.page.text
    assert shown(client) == second
    following = fields(open_follow_up(world, address))
    assert [following[f"status-{one}"] for one in (first, second)] == ["doing", "todo"]


def test_what_somebody_else_changed_meanwhile_is_said_and_not_overwritten_unseen(
    world: World, address: str, at_day_30: dt.datetime
) -> None:
    client = open_meeting(world, address)
    one = shown(client)
    following = open_follow_up(world, address)
    follow(following, one, status="blocked", note="Falta el permiso")
    assert say(client, "done", note="Ya está").status_code == 422
    assert "It now says “Falta el permiso”" in client.page.text
    assert "it now says “Stuck”" in client.page.text
    assert client.page.text.count("Please check this") == 1
    assert fields(client)["note"] == "Ya está"
    following = open_follow_up(world, address)
    assert fields(following)[f"status-{one}"] == "blocked"
    assert say(client, "done").status_code == 303, "pressed once more, knowingly"
    following = open_follow_up(world, address)
    assert (fields(following)[f"status-{one}"], fields(following)[f"note-{one}"]) == ("done", "Ya está")


def test_a_double_click_says_the_same_once(world: World, address: str, at_day_30: dt.datetime) -> None:
    client = open_meeting(world, address)
    data = {**fields(client), "said": "done"}
    for _ in range(2):
        answer = client.post(f"{address}/plan/meeting", data=data)
        assert answer.status_code == 303
    client.get(f"{address}/plan/meeting/end")
    assert "Done (1)" in client.page.text


@pytest.mark.parametrize("said", ["goes-on", "stuck"])
def test_what_is_not_done_may_have_a_new_day_within_the_plan(
    world: World, address: str, at_day_30: dt.datetime, said: str
) -> None:
    client = open_meeting(world, address)
    one = shown(client)
    far = (at_day_30.date() + dt.timedelta(days=200)).isoformat()
    assert say(client, said, due_on=far, note="Más tiempo").status_code == 422
    assert "within the 90 days of the plan" in client.page.text
    assert (fields(client)["due_on"], fields(client)["note"]) == (far, "Más tiempo")
    later = at_day_30.date() + dt.timedelta(days=20)
    assert say(client, said, due_on=later.isoformat()).status_code == 303
    assert fields(open_meeting(world, address, action=one))["due_on"] == later.isoformat()


@pytest.mark.parametrize(
    ("language", "words"),
    [("es", "Esta fecha ya pasó. Elija una fecha desde hoy"), ("en", "This day has passed. Choose a day from today")],
)
def test_nothing_is_put_off_to_a_day_that_has_passed(
    world: World, address: str, at_day_30: dt.datetime, language: str, words: str
) -> None:
    client = open_meeting(world, address, language)
    passed = (at_day_30.date() - dt.timedelta(days=2)).isoformat()
    assert say(client, "goes-on", due_on=passed, note="Más tiempo").status_code == 422
    assert words in client.page.text
    assert (fields(client)["due_on"], fields(client)["note"]) == (passed, "Más tiempo")


def due_days(world: World, address: str) -> dict[str, str]:
    """The day of each action of the plan, by its id, as the editor has them."""
    form = fields(open_plan(world, address))
    return {form[name.replace("due-", "id-", 1)]: day for name, day in form.items() if name.startswith("due-")}


@pytest.mark.parametrize(
    ("language", "words"), [("es", "ya pasó: si sigue"), ("en", "has passed: if it goes on, it gets this new one")]
)
def test_what_is_late_and_goes_on_gets_the_day_that_is_proposed_by_one_press(
    world: World, address: str, at_day_30: dt.datetime, language: str, words: str
) -> None:
    client = open_meeting(world, address, language)
    one, proposed = shown(client), fields(client)["due_on"]
    assert words in client.page.text
    assert 30 <= (dt.date.fromisoformat(proposed) - at_day_30.date()).days <= 32, "a weekend moves to Monday"
    assert say(client, "goes-on").status_code == 303
    assert due_days(world, address)[one] == proposed


@pytest.mark.parametrize("said", ["stuck", "done"])
def test_what_is_stuck_or_done_does_not_take_the_day_that_is_proposed(
    world: World, address: str, at_day_30: dt.datetime, said: str
) -> None:
    before = due_days(world, address)
    client = open_meeting(world, address)
    assert fields(client)["due_on"] != before[shown(client)]
    assert say(client, said).status_code == 303
    assert due_days(world, address) == before


def test_the_day_that_a_late_action_has_is_not_put_in_again_to_go_on_with(
    world: World, address: str, at_day_30: dt.datetime
) -> None:
    before = due_days(world, address)
    client = open_meeting(world, address)
    one, proposed = shown(client), fields(client)["due_on"]
    assert say(client, "goes-on", due_on=before[one]).status_code == 422
    assert "has passed. A new one is proposed here" in client.page.text
    assert fields(client)["due_on"] == proposed
    assert due_days(world, address) == before


def test_after_the_plans_90_days_what_is_late_goes_on_without_a_new_day_and_this_is_said(
    world: World, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    be_at(monkeypatch, dt.datetime.now(dt.UTC).date() + dt.timedelta(days=100))
    client = open_meeting(world, address)
    one, day = shown(client), fields(client)["due_on"]
    assert "The plan's 90 days are over, so its day stays" in client.page.text
    assert say(client, "goes-on").status_code == 303
    assert fields(open_meeting(world, address, action=one))["due_on"] == day


def test_an_emptied_day_leaves_the_day_as_it_is(world: World, address: str, at_day_30: dt.datetime) -> None:
    client = open_meeting(world, address)
    before = due_days(world, address)
    assert say(client, "stuck", due_on="").status_code == 303
    assert due_days(world, address) == before


def test_what_was_not_discussed_is_listed_and_the_next_meeting_has_its_day(
    world: World, address: str, at_day_30: dt.datetime
) -> None:
    client = open_meeting(world, address)
    say(client, "done")
    client.get(f"{address}/plan/meeting/end")
    assert "Not discussed" in client.page.text
    assert "day 60 of the plan" in client.page.text
    assert any(one.endswith("/plan/calendar.ics") for one in client.page.links)


@pytest.mark.parametrize("strange", ["x", "", "5e3f0f4e-6f0a-4f43-9d3c-3f7d1f6a9d55", "' or 1=1"])
def test_what_is_said_of_an_action_that_is_not_there_is_kept_of_none_and_not_lost_unseen(
    world: World, address: str, at_day_30: dt.datetime, strange: str
) -> None:
    client = open_meeting(world, address)
    say(client, "done", action=strange, note="Lo que dijimos")
    assert "Lo que dijimos" in client.page.text
    assert shown(open_meeting(world, address, action=strange))
    assert "0 of 5" in open_follow_up(world, address).page.text


def test_an_action_that_was_given_up_meanwhile_takes_no_word_more(
    world: World, address: str, at_day_30: dt.datetime
) -> None:
    client = open_meeting(world, address)
    one = shown(client)
    following = open_follow_up(world, address)
    follow(following, one, status="dropped", note="No hay presupuesto")
    say(client, "done", note="Terminada el lunes")
    assert "“Terminada el lunes”" in client.page.text
    assert one in followed(open_follow_up(world, address))[-1:]


@pytest.mark.parametrize("wrong", [{"said": "x"}, {"said": ""}, {"said": "done", "note": "a" * 301}])
def test_what_no_button_says_changes_nothing(
    world: World, address: str, at_day_30: dt.datetime, wrong: dict[str, str]
) -> None:
    client = open_meeting(world, address)
    client.fill(wrong)
    assert "Actions done: 0 of 5." in open_follow_up(world, address).page.text


def test_without_anything_due_the_meeting_only_ends(world: World, address: str, at_day_30: dt.datetime) -> None:
    client = open_follow_up(world, address)
    client.fill({f"status-{action}": "done" for action in followed(client)})
    answer = client.get(f"{address}/plan/meeting")
    assert answer.headers["Location"].endswith("/plan/meeting/end")
    client.get(answer.headers["Location"])
    assert "Nothing is open that is due until the next meeting." in client.page.text


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_check_in_sheet_is_handed_out_in_the_language_and_on_the_paper_that_are_asked_for(
    world: World, address: str, language: str
) -> None:
    client = open_follow_up(world, address, language)
    sheets_ = [one for one in client.page.links if "/plan/check-in.pdf" in one]
    assert len(sheets_) == 5
    for link in sheets_[1:]:
        answer = client.get(link)
        assert answer.mimetype == "application/pdf"
        words = words_of_pdf(answer.data)
        assert ("¿Cómo va nuestro plan?" in words) == ("language=es" in link)
    name = {"es": "hoja-de-seguimiento", "en": "check-in-sheet"}[language]
    assert re.search(name, client.get(sheets_[0]).headers["Content-Disposition"])


def test_an_unfinished_plan_ends_its_meeting_with_what_is_missing(
    world: World, address: str, at_day_30: dt.datetime
) -> None:
    client = open_plan(world, address)
    place = next(name for name in fields(client) if name.startswith("due-"))
    press(client, "save", **{place: ""})
    client = open_meeting(world, address)
    client.get(f"{address}/plan/meeting/end")
    say(client, "")
    assert "page 1 cannot be printed yet" in client.page.text
    answer = client.get(f"{address}/plan/check-in.pdf")
    assert answer.status_code == 303
