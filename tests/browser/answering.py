"""What people do on the page on which they answer, and what the database then holds."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import select

from assessment.store.responses import Draft
from tests.web.respond_rounds import POINTS, QUESTIONNAIRE, World

MOMENTS = [f"moment-{point}" for point in POINTS]
PATIENCE = 20
"""Seconds."""
SHOWN = "main > .step:not([hidden])"

Answers = dict[str, dict[str, str]]
"""The values that were chosen, by field, by step."""


def answers_to_all(number: int = 0) -> Answers:
    """An answer to each statement and moment; which ones differs with the number."""
    by_pillar = {
        pillar.id: {item.id: str((number + at * 3 + pillar_at) % 5 + 1) for at, item in enumerate(pillar.items)}
        for pillar_at, pillar in enumerate(QUESTIONNAIRE.pillars)
    }
    return by_pillar | {moment: {"step": str((number + at) % 6 + 1)} for at, moment in enumerate(MOMENTS)}


def some(answers: Answers, *steps: str) -> Answers:
    return {step: answers[step] for step in steps}


def document(*given: Answers) -> dict[str, Any]:
    """What the database must hold of them."""
    items: dict[str, int] = {}
    ladder: dict[str, int] = {}
    for step, values in (pair for answers in given for pair in answers.items()):
        for field, value in values.items():
            if step in MOMENTS:
                ladder[step.removeprefix("moment-")] = int(value)
            else:
                items[field] = int(value)
    return {part: given for part, given in (("items", items), ("ladder", ladder)) if given}


def open_page(page, address: str, token: str) -> None:
    """Opens a link, and waits until the page knows what this device had answered."""
    asked = []

    def note(request):
        if request.url.endswith("/answers") and request.method == "GET":
            asked.append(request)

    page.on("request", note)
    page.goto(f"{address}/r/{token}")
    page.remove_listener("request", note)
    for request in asked:  # by a device that is known already
        request.response()


def begin(page) -> None:
    page.locator("#begin").click()


def step_shown(page) -> str:
    return str(page.locator(SHOWN).get_attribute("data-slug"))


def wait_for_step(page, slug: str) -> None:
    page.locator(f"main > .step[data-slug='{slug}']:not([hidden])").wait_for()


def answer_of(page, step: str, field: str, value: str):
    return page.locator(f"[name='{step}.{field}'][value='{value}']")


def choose(page, answers: Answers) -> None:
    """Taps these answers; each last one of a step leads to the next."""
    for step, values in answers.items():
        wait_for_step(page, step)
        for field, value in values.items():
            answer_of(page, step, field, value).click()


def chosen(page) -> Answers:
    """The answers that the page shows."""
    pairs = page.evaluate(
        "[...document.querySelectorAll('form.step input:checked')].map((field) => [field.name, field.value])"
    )
    shown: Answers = {}
    for name, value in pairs:
        step, _, field = name.rpartition(".")
        shown.setdefault(step, {})[field] = value
    return shown


def press_next(page) -> None:
    page.locator(f"{SHOWN} .page-buttons [type=submit]").click()


def press_back(page) -> None:
    page.locator(f"{SHOWN} .page-buttons [data-go=back]").click()


def send(page) -> None:
    wait_for_step(page, "send")
    press_next(page)
    wait_for_step(page, "thanks")


def answer_before(page, answers: Answers) -> None:
    """As if these had been chosen on this device before; the page is opened anew."""
    page.evaluate(
        """async (answers) => {
          const headers = { "Content-Type": "application/json" };
          const address = document.getElementById("answering").dataset.answers;
          const { device } = await (await fetch(address)).json();
          const body = JSON.stringify({ page: "00", number: 1, device, answers });
          const { status } = await fetch(address, { method: "PATCH", headers, body });
          if (status !== 201) throw new Error(status);
        }""",
        answers,
    )
    with page.expect_response(lambda answer: answer.url.endswith("/answers")):
        page.reload()
    page.wait_for_function("() => document.querySelectorAll('main input[type=radio]:checked').length > 1")


def go_to(page, step: str) -> None:
    """As with the browser's Back and Forward."""
    page.evaluate("(step) => { location.hash = step; }", step)
    wait_for_step(page, step)


def wait_until_saved(page) -> None:
    page.locator("#state.saved").wait_for(state="attached")


def is_kept(page) -> bool:
    """Whether anything of the answers stays in the tab."""
    return bool(page.evaluate("sessionStorage.length"))


def drafts(world: World, token: str) -> list[dict[str, Any]]:
    with world.database.reading() as session:
        found = session.scalars(select(Draft.answers).where(Draft.round_id == world.round_id(token)))
        return [_held(answers) for answers in found]


def sent(world: World, token: str) -> list[dict[str, Any]]:
    return [_held(answers) for answers in world.answers(token)]


def _held(answers: dict[str, Any]) -> dict[str, Any]:
    return {part: answers[part] for part in ("items", "ladder", "focus") if answers.get(part)}


def eventually(look: Callable[[], Any], expected: Any, page=None) -> None:
    """Waits until this is so; meanwhile, the browser goes on."""
    for _ in _moments():
        if look() == expected:
            return
        if page is not None:
            page.evaluate("1")
    assert look() == expected


def _moments() -> Iterator[None]:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        yield
        time.sleep(0.02)
