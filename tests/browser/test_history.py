"""A second round in Chromium: what changed, a pillar's rounds, all rounds, on a phone and on a desktop."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from assessment.domain.answers import Role
from assessment.domain.rounds import RoundMode
from tests.browser.look import look
from tests.browser.matrix import ways
from tests.browser.test_round_pages import served, sign_in  # noqa: F401 - a fixture
from tests.services.build import make_sheet
from tests.web.test_history import finish, hold, people


@pytest.fixture
def rounds(served):  # noqa: F811
    world, address = served
    first = hold(world, people(0, language=2.0), days_ago=100)
    finish(world, first, days_ago=90)
    hold(world, [make_sheet(1, role=Role.CONSENSUS)], mode=RoundMode.CONSENSUS, days_ago=60)
    hold(world, people(30, language=2.0), days_ago=40)
    last = hold(world, people(60, language=3.8), days_ago=5, size=15)
    return address, world.team_address, last


@ways("width, language, scheme", [(360, "es-CO", "dark")], [(1280, "en-US", "light"), (360, "en-US", "light")])
def test_every_page_about_change_can_be_read_and_used(rounds, device, width, language, scheme):
    address, team, last = rounds
    page = device(width, language, color_scheme=scheme, bypass_csp=True)
    sign_in(page, address)
    for path in (
        team,
        f"{team}/history",
        f"{team}/rounds/{last}/results",
        f"{team}/rounds/{last}/results/pillar?id=language",
    ):
        page.goto(address + path)
        for folded in page.locator("main details:not([open]) > summary").all():
            if folded.is_visible():
                folded.click()
        look(page)
        expect(page.locator("main h1")).to_have_count(1)
