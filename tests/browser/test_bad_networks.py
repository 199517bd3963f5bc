"""Answering where the network is slow, loses what is sent, or is gone; and what else happens to a phone meanwhile.

Whatever happens, the database holds exactly what was chosen.
"""

from __future__ import annotations

import random

import pytest
from playwright.sync_api import expect

from assessment.services.rounds import invite
from assessment.store.responses import Draft
from tests.browser.answering import (
    MOMENTS,
    SHOWN,
    answer_of,
    answers_to_all,
    begin,
    choose,
    chosen,
    document,
    drafts,
    eventually,
    go_to,
    is_kept,
    open_page,
    press_next,
    send,
    sent,
    some,
    wait_for_step,
    wait_until_saved,
)
from tests.browser.conftest import serving
from tests.browser.matrix import ways
from tests.web.respond_rounds import NOW, PILLARS, world
from tests.web.test_answer_page import Script

AT_ONCE = 500
"""Milliseconds from a tap to the next step; twenty where nothing else uses the machine."""
LOST = 0.3
"""The share of requests that a bad network loses."""
API = "**/answers*"
ALL = answers_to_all()
FEW = some(ALL, *PILLARS[:2])

MEASURE_SWITCHES = """() => {
  window.switches = [];
  const shown = () => document.querySelector("main > .step:not([hidden])").dataset.slug;
  addEventListener("click", (event) => {
    const before = shown();
    requestAnimationFrame(() => requestAnimationFrame(() => {
      if (shown() !== before) window.switches.push(performance.now() - event.timeStamp);
    }));
  }, true);
}"""


@pytest.fixture(scope="module")
def served():
    with world("sqlite") as world_, serving(world_.app) as address:
        yield world_, address


@pytest.fixture
def phone(served, device):
    """A page of a phone on which a new round was opened: with the world, and the round's link."""
    world_, address = served
    token = world_.open_round()
    page = device(360, "en-US", reduced_motion="reduce")
    open_page(page, address, token)
    return page, world_, token


def delay(page, milliseconds):
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    conditions = {"offline": False, "latency": milliseconds, "downloadThroughput": -1, "uploadThroughput": -1}
    network.send("Network.emulateNetworkConditions", conditions)


def lose(page, seed):
    """Loses some requests before they reach the server, and of others what it answered."""
    chance = random.Random(seed)

    def pass_on(route):
        drawn = chance.random()
        if drawn < LOST / 2:
            route.abort()
        elif drawn < LOST:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route(API, pass_on)


def network_is_back(page):
    """Said by the phone: what waits to be tried again need not wait longer."""
    page.evaluate("dispatchEvent(new Event('online'))")


@ways("milliseconds", [3000], [300])
def test_steps_switch_at_once_however_slow_the_network_is(phone, milliseconds):
    page, _, _ = phone
    delay(page, milliseconds)
    page.evaluate(MEASURE_SWITCHES)
    begin(page)
    choose(page, some(ALL, PILLARS[0]))
    wait_for_step(page, PILLARS[1])
    go_to(page, MOMENTS[0])
    choose(page, some(ALL, *MOMENTS))
    page.wait_for_function("count => switches.length >= count", arg=len(MOMENTS) + 2)  # the last comes a frame later
    switches = page.evaluate("switches")
    assert len(switches) == len(MOMENTS) + 2
    assert max(switches) < AT_ONCE


@ways("milliseconds", [300], [3000])
def test_all_arrives_over_a_slow_network(served, device, milliseconds):
    world_, address = served
    token = world_.open_round()
    page = device(360, "en-US", reduced_motion="reduce")
    delay(page, milliseconds)
    page.goto(f"{address}/r/{token}")
    begin(page)
    choose(page, FEW)
    go_to(page, MOMENTS[0])
    choose(page, some(ALL, *MOMENTS))
    go_to(page, "send")
    send(page)
    assert sent(world_, token) == [document(FEW, some(ALL, *MOMENTS))]


@ways("seed", [1], [2, 3, 4, 5, 6])
def test_requests_that_are_lost_are_made_up_for(phone, seed):
    page, world_, token = phone
    lose(page, seed)
    begin(page)
    for step in (*PILLARS[:3], *MOMENTS):
        go_to(page, step)
        choose(page, some(ALL, step))
        network_is_back(page)
    go_to(page, "send")
    send(page)
    assert sent(world_, token) == [document(some(ALL, *PILLARS[:3], *MOMENTS))]
    assert drafts(world_, token) == []


def test_what_is_chosen_without_a_network_arrives_once_there_is_one(phone):
    page, world_, token = phone
    begin(page)
    choose(page, some(ALL, PILLARS[0]))
    wait_until_saved(page)
    page.context.set_offline(True)
    choose(page, some(ALL, *PILLARS[1:4]))
    page.locator("#state.offline").wait_for()
    assert "No connection" in page.locator("#state").inner_text()
    assert "No connection" in page.locator("#spoken").inner_text()
    go_to(page, MOMENTS[0])
    choose(page, some(ALL, *MOMENTS))
    assert drafts(world_, token) == [document(some(ALL, PILLARS[0]))]
    page.context.set_offline(False)
    wait_until_saved(page)
    assert page.locator("#state").inner_text() == "Saved"
    assert drafts(world_, token) == [document(some(ALL, *PILLARS[:4], *MOMENTS))]


def test_answers_sent_without_a_network_are_sent_by_themselves_once(phone):
    page, world_, token = phone
    begin(page)
    choose(page, FEW)
    go_to(page, "send")
    wait_until_saved(page)
    page.context.set_offline(True)
    press_next(page)
    page.get_by_text("your answers are sent by themselves").wait_for()
    assert world_.answers(token) == []
    page.context.set_offline(False)
    wait_for_step(page, "thanks")
    assert sent(world_, token) == [document(FEW)]


def test_whoever_looks_at_an_answer_again_has_not_sent_it(phone):
    page, world_, token = phone
    begin(page)
    choose(page, FEW)
    wait_until_saved(page)
    go_to(page, "send")
    page.context.set_offline(True)
    page.locator("[data-slug=send] [type=submit]").click()
    page.get_by_text("There is no connection at the moment.").wait_for()
    page.locator("[data-slug=send] [data-go=back]").click()
    page.context.set_offline(False)
    network_is_back(page)
    page.locator(f"{SHOWN} textarea").fill("Más calma.")
    wait_until_saved(page)
    assert sent(world_, token) == []
    go_to(page, "send")
    send(page)
    assert len(sent(world_, token)) == 1


def test_a_reload_loses_nothing_of_what_had_not_arrived(phone):
    page, world_, token = phone
    begin(page)
    choose(page, some(ALL, PILLARS[0]))
    wait_until_saved(page)
    page.route(API, lambda route: route.abort())
    choose(page, some(ALL, PILLARS[1]))
    page.locator("#state.offline").wait_for()
    page.reload()
    eventually(lambda: chosen(page), FEW)
    page.unroute_all(behavior="wait")
    network_is_back(page)
    eventually(lambda: drafts(world_, token), [document(FEW)], page)


def test_two_tabs_of_one_device_do_not_erase_each_other_and_one_of_them_sends(served, phone):
    page, world_, token = phone
    other = page.context.new_page()
    open_page(other, served[1], token)
    begin(other)
    choose(other, some(ALL, PILLARS[0]))
    page.bring_to_front()
    go_to(page, PILLARS[1])
    choose(page, some(ALL, PILLARS[1]))
    wait_until_saved(page)
    wait_until_saved(other)
    assert drafts(world_, token) == [document(FEW)]
    go_to(page, "send")
    send(page)
    other.bring_to_front()
    choose(other, some(ALL, PILLARS[1]))
    other.get_by_role("heading", name="Answers were already sent from this device").wait_for()
    assert not is_kept(other)
    assert sent(world_, token) == [document(FEW)]
    other.get_by_role("button", name="Another person answers now").click()
    other.get_by_role("link", name="Begin").wait_for()
    assert chosen(other) == {}


def test_a_duplicated_tab_sends_what_it_took_along_and_nothing_twice(phone):
    page, world_, token = phone
    begin(page)
    page.context.set_offline(True)
    choose(page, some(ALL, PILLARS[0]))
    page.locator("#state.offline").wait_for()
    page.context.set_offline(False)
    with page.expect_popup() as opened:
        page.evaluate("window.open(location.href)")
    other = opened.value
    wait_for_step(other, PILLARS[1])
    choose(other, some(ALL, PILLARS[1]))
    choose(other, some(ALL, PILLARS[2]))
    wait_until_saved(other)
    page.bring_to_front()
    choose(page, some(answers_to_all(1), PILLARS[1]))
    wait_until_saved(page)
    go_to(page, "send")
    send(page)
    assert sent(world_, token) == [document(some(ALL, PILLARS[0], PILLARS[2]), some(answers_to_all(1), PILLARS[1]))]


def test_a_tab_that_is_closed_right_after_a_tap_has_sent_it(phone):
    page, world_, token = phone
    begin(page)
    answer_of(page, PILLARS[0], f"{PILLARS[0]}-1", "2").click()
    page.close(run_before_unload=True)
    eventually(lambda: drafts(world_, token), [{"items": {f"{PILLARS[0]}-1": 2}}])


def test_a_tab_that_is_closed_while_something_is_on_its_way_has_sent_all(phone):
    page, world_, token = phone
    delay(page, 1500)
    begin(page)
    with page.expect_request(API):
        choose(page, some(ALL, PILLARS[0]))
    choose(page, {PILLARS[1]: {f"{PILLARS[1]}-1": "5"}})
    page.close(run_before_unload=True)
    expected = document(some(ALL, PILLARS[0]), {PILLARS[1]: {f"{PILLARS[1]}-1": "5"}})
    eventually(lambda: drafts(world_, token), [expected])


def test_a_round_that_was_closed_meanwhile_takes_no_more(phone):
    page, world_, token = phone
    begin(page)
    choose(page, some(ALL, PILLARS[0]))
    wait_until_saved(page)
    world_.change(token, stopped_at=NOW)
    choose(page, some(ALL, PILLARS[1]))
    page.get_by_role("heading", name="These questions are closed").wait_for()
    assert world_.answers(token) == []
    assert drafts(world_, token) == [document(some(ALL, PILLARS[0]))]


def personal_links(world_, token, how_many):
    with world_.database.writing() as session:
        return invite(
            session, organisation_id=world_.organisation_id, round_id=world_.round_id(token), how_many=how_many
        )


def open_instead(page, address, link):
    """By another personal link than that of somebody who has not sent their answers."""
    page.goto(f"{address}/r/{link}")
    page.get_by_role("button", name="Begin with my own link").click()


def test_whoever_gets_a_personal_link_meanwhile_goes_on_with_what_they_answered(served, phone):
    page, world_, token = phone
    begin(page)
    choose(page, some(ALL, PILLARS[0]))
    wait_until_saved(page)
    [personal] = personal_links(world_, token, 1)
    choose(page, some(ALL, PILLARS[1]))
    page.get_by_role("heading", name="Everybody has a link of their own now").wait_for()
    open_page(page, served[1], personal)
    page.get_by_role("link", name="Continue where I left off").click()
    wait_for_step(page, PILLARS[2])
    assert chosen(page) == FEW
    wait_until_saved(page)
    assert drafts(world_, token) == [document(FEW)]
    go_to(page, "send")
    send(page)
    assert sent(world_, token) == [document(FEW)]


def test_of_two_devices_that_send_by_one_personal_link_at_once_the_other_is_not_thanked(served, phone):
    page, world_, token = phone
    [personal] = personal_links(world_, token, 1)
    other = Script(world_.opened(personal))
    other.change({PILLARS[0]: ALL[PILLARS[0]]})
    open_page(page, served[1], personal)
    begin(page)
    choose(page, some(answers_to_all(1), PILLARS[0]))
    wait_until_saved(page)
    go_to(page, "send")

    def send_first(route):
        assert other.send() == 204
        route.continue_()

    page.route("**/answers/send", send_first, times=1)
    press_next(page)
    page.get_by_role("heading", name="This personal link has already been used").wait_for()
    assert sent(world_, token) == [document(some(ALL, PILLARS[0]))]


def test_two_people_with_personal_links_in_one_tab_do_not_see_each_other(served, phone):
    page, world_, token = phone
    one, two = personal_links(world_, token, 2)
    page.context.clear_cookies()
    open_page(page, served[1], one)
    begin(page)
    choose(page, some(ALL, PILLARS[0]))
    page.route(API, lambda route: route.abort())
    choose(page, some(ALL, PILLARS[1]))
    page.locator("#state.offline").wait_for()
    page.unroute_all(behavior="wait")
    open_instead(page, served[1], two)
    assert chosen(page) == {}
    begin(page)
    choose(page, some(answers_to_all(1), PILLARS[0]))
    go_to(page, "send")
    send(page)
    assert sent(world_, token) == [document(some(answers_to_all(1), PILLARS[0]))]


def test_a_tab_of_somebody_else_changes_nothing_of_who_answers_now(served, phone):
    page, world_, token = phone
    one, two = personal_links(world_, token, 2)
    page.context.clear_cookies()
    open_page(page, served[1], one)
    begin(page)
    choose(page, some(ALL, PILLARS[0]))
    wait_until_saved(page)
    other = page.context.new_page()
    open_instead(other, served[1], two)
    answer_of(page, PILLARS[1], f"{PILLARS[1]}-1", "3").click()  # one: whenever it is sent, the page goes
    page.get_by_role("link", name="Begin").wait_for()
    assert chosen(page) == {}
    begin(other)
    choose(other, some(answers_to_all(1), PILLARS[0]))
    go_to(other, "send")
    send(other)
    assert sent(world_, token) == [document(some(answers_to_all(1), PILLARS[0]))]


def test_a_tab_that_comes_back_gives_nothing_to_whoever_answers_now(served, phone):
    """As where a phone had discarded it: what it kept was sent by somebody else, who has gone."""
    page, world_, token = phone
    other = page.context.new_page()
    open_page(other, served[1], token)
    begin(other)
    choose(other, some(ALL, PILLARS[0]))
    wait_until_saved(other)
    open_page(page, served[1], token)
    begin(page)
    go_to(page, "send")
    send(page)
    page.goto(f"{served[1]}/r/{token}")
    page.get_by_role("button", name="Another person answers now").click()
    page.get_by_role("link", name="Begin").wait_for()
    other.reload()
    other.wait_for_function("() => document.querySelectorAll('form.step input:checked').length === 0")
    go_to(other, PILLARS[0])
    answer_of(other, PILLARS[0], f"{PILLARS[0]}-1", "2").click()
    wait_until_saved(other)
    assert drafts(world_, token) == [document({PILLARS[0]: {f"{PILLARS[0]}-1": "2"}})]
    assert sent(world_, token) == [document(some(ALL, PILLARS[0]))]


@ways("has_script", [True], [False])
def test_back_shows_nothing_of_who_answered_before(served, device, has_script):
    world_, address = served
    token = world_.open_round()
    one, two = personal_links(world_, token, 2)
    page = device(360, "en-US", java_script_enabled=has_script)
    page.goto(f"{address}/r/{one}")
    begin(page)
    page.locator(f"[name$='{PILLARS[0]}-1'][value='4']").check()
    if not has_script:
        page.get_by_role("button", name="Next").click()
    else:
        wait_until_saved(page)
    open_instead(page, address, two)
    begin(page)
    for _ in range(4):
        page.go_back()
        assert page.locator("main input:checked").count() == 0, page.url


@ways("is_noticed", [True], [False])
def test_whoever_has_lost_the_cookie_loses_nothing_by_opening_the_link_again(served, phone, is_noticed):
    page, world_, token = phone
    begin(page)
    choose(page, some(ALL, PILLARS[0]))
    wait_until_saved(page)
    page.context.clear_cookies()
    if is_noticed:
        choose(page, some(ALL, PILLARS[1]))
        page.get_by_role("heading", name="Please open your link once more").wait_for()
    open_page(page, served[1], token)
    begin(page)
    if not is_noticed:
        choose(page, some(ALL, PILLARS[1]))
    wait_for_step(page, PILLARS[2])
    assert chosen(page) == FEW
    go_to(page, "send")
    send(page)
    assert sent(world_, token) == [document(FEW)]


def test_a_draft_that_was_given_up_is_made_up_for(phone):
    page, world_, token = phone
    begin(page)
    choose(page, some(ALL, PILLARS[0]))
    wait_until_saved(page)
    with world_.database.writing() as session:
        session.query(Draft).delete()
    choose(page, some(ALL, PILLARS[1]))
    eventually(lambda: drafts(world_, token), [document(FEW)], page)


def test_nothing_is_sent_before_it_is_known_whose_page_it_is(phone):
    page, world_, token = phone
    held = []
    page.route("**/answers", lambda route: held.append(route) if route.request.method == "GET" else route.continue_())
    page.reload()
    begin(page)
    choose(page, FEW)
    go_to(page, "send")
    page.locator("[data-slug=send] [type=submit]").click()
    assert page.locator("#state").get_attribute("class") == "unsent"
    assert held
    assert (drafts(world_, token), sent(world_, token)) == ([], [])
    held[0].continue_()
    wait_for_step(page, "thanks")
    assert sent(world_, token) == [document(FEW)]


def test_the_second_half_of_a_double_tap_answers_nothing(phone):
    page, world_, token = phone
    go_to(page, MOMENTS[0])
    answer_of(page, MOMENTS[0], "step", "3").dblclick()
    wait_for_step(page, MOMENTS[1])
    wait_until_saved(page)
    assert chosen(page) == {MOMENTS[0]: {"step": "3"}}
    assert drafts(world_, token) == [document({MOMENTS[0]: {"step": "3"}})]
    expect(page.locator(SHOWN)).to_have_count(1)


def test_a_page_that_comes_back_from_the_browsers_memory_shows_what_another_page_changed(phone):
    page, world_, token = phone
    begin(page)
    choose(page, some(ALL, PILLARS[0]))
    wait_until_saved(page)
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))")
    changed = some(answers_to_all(1), PILLARS[0])
    page.evaluate(
        """async (values) => {
          const { answers } = document.getElementById("answering").dataset;
          const kept = JSON.parse(sessionStorage.getItem("escala:" + answers));
          kept.unsent = values;
          sessionStorage.setItem("escala:" + answers, JSON.stringify(kept));
        }""",
        {f"{PILLARS[0]}.{field}": value for field, value in changed[PILLARS[0]].items()},
    )
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    eventually(lambda: drafts(world_, token), [document(changed)], page)
    assert chosen(page) == changed


def test_a_sending_that_waited_is_forgotten_when_the_page_comes_back(phone):
    page, world_, token = phone
    begin(page)
    choose(page, FEW)
    wait_until_saved(page)
    go_to(page, "send")
    page.context.set_offline(True)
    page.locator("[data-slug=send] [type=submit]").click()
    page.get_by_text("There is no connection at the moment.").wait_for()
    for event in ("pagehide", "pageshow"):
        page.evaluate(f"dispatchEvent(new PageTransitionEvent('{event}', {{ persisted: true }}))")
    page.context.set_offline(False)
    network_is_back(page)
    page.locator("[data-slug=send] [type=submit]:enabled").wait_for()
    assert sent(world_, token) == []
    send(page)
    assert sent(world_, token) == [document(FEW)]


def test_a_server_that_asks_for_a_pause_is_not_called_a_lost_connection(phone):
    page, world_, token = phone
    begin(page)
    page.route(API, lambda route: route.fulfill(status=429))
    choose(page, some(ALL, PILLARS[0]))
    page.locator("#state.busy").wait_for()
    assert page.locator("#state").inner_text() == "Busy at the moment: kept here and sent shortly"
    page.unroute_all(behavior="wait")
    network_is_back(page)
    eventually(lambda: drafts(world_, token), [document(some(ALL, PILLARS[0]))], page)


def test_what_needs_the_server_is_told_where_there_is_no_network(phone):
    page, _, _ = phone
    begin(page)
    choose(page, some(ALL, PILLARS[0]))
    wait_until_saved(page)
    page.context.set_offline(True)
    page.locator(".languages a").click()
    page.locator(".not-now").wait_for()
    assert page.locator(".not-now").bounding_box()["height"] > 10
    assert chosen(page) == some(ALL, PILLARS[0])
    go_to(page, PILLARS[2])
    page.locator(".not-now").wait_for(state="detached")
