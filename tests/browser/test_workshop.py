"""A workshop in Chromium: whoever leads it, the screen in front, and phones that join, reload and lose the network."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from assessment.app import close_app, create_app
from assessment.infra.network import own_addresses
from assessment.infra.settings import Settings
from assessment.store.rounds import Round
from tests.browser.conftest import serving
from tests.browser.look import look
from tests.databases import migrated_sqlite
from tests.web.applications import SECRET
from tests.web.client import PageClient
from tests.web.workshop_room import WorkshopRoom, vote
from tests.web.world import PASSWORD, World

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")

SCREENS = [(1920, 1080), (1280, 720), (1024, 768)]
OVERFLOWS = """() => {
  const footer = document.querySelector('footer');
  const bottom = footer ? footer.getBoundingClientRect().top : innerHeight;
  return [...document.querySelectorAll('.levels, .votes, .joining, header, footer')]
    .filter(one => one.scrollHeight > one.clientHeight + 1
      || one.getBoundingClientRect().bottom > (one === footer ? innerHeight : bottom) + 1)
    .map(one => `${one.tagName} ${one.className} ${one.getBoundingClientRect().bottom} > ${bottom}`);
}"""

ON_TOP = """selector => [...document.querySelectorAll(selector)].filter(one => one.checkVisibility()).some(one => {
  const box = one.getBoundingClientRect();
  return one.contains(document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2));
})"""


@pytest.fixture
def held(tmp_path):
    app = create_app(Settings(tmp_path, migrated_sqlite(tmp_path / "browser.sqlite"), SECRET), testing=True)
    app.test_client_class = PageClient
    room = WorkshopRoom.make(World.make(app))
    with serving(app) as address:
        yield room, address
    close_app(app)


def sign_in(page, root):
    page.goto(f"{root}/sign-in")
    page.fill("input[name=email]", "manager@example.com")
    page.fill("input[name=password]", PASSWORD)
    page.locator("main button[type=submit]").first.click()


def fits(screen):
    """Everything is on the screen, whatever its size."""
    for width, height in SCREENS:
        screen.set_viewport_size({"width": width, "height": height})
        assert screen.evaluate(OVERFLOWS) == [], (width, height)


def enter(room, root, device):
    """Two phones, one by the code and one by the PIN."""
    ana, ben = device(360, "es-CO", bypass_csp=True), device(360, "en-US", bypass_csp=True)
    ana.goto(f"{root}/w/{room.token}")
    ana.get_by_role("button", name="Unirme").click()
    ben.goto(f"{root}/w")
    look(ben)
    ben.fill("#pin", room.pin)
    ben.get_by_role("button", name="Join").click()
    return ana, ben


def vote_and_change_it(ana, screen):
    ana.locator("#vote-2").click()
    expect(ana.locator(".in")).to_contain_text("Su voto llegó: 2 · Incipiente")
    look(ana)
    ana.locator("#vote-4").click()
    expect(ana.locator("#vote-4")).to_have_attribute("aria-pressed", "true")
    expect(ana.locator(".in")).to_contain_text("4 · Arraigado")
    expect(screen.locator(".count b")).to_have_text("1")
    ana.reload()
    expect(ana.locator("#vote-4")).to_have_attribute("aria-pressed", "true")


def vote_without_a_network(ben, screen):
    ben.context.set_offline(True)
    ben.locator("#vote-1").click()
    expect(ben.locator("#state")).to_have_text("No connection. The page goes on by itself once it is back.")
    ben.context.set_offline(False)
    expect(ben.locator(".in")).to_contain_text("Your vote is in: 1 · Absent", timeout=20_000)
    expect(screen.locator(".count b")).to_have_text("2")


def test_a_room_joins_votes_and_agrees_by_the_keys_of_a_remote(held, device):
    room, root = held
    lead = device(1280, "es-CO", bypass_csp=True)
    sign_in(lead, root)
    lead.goto(f"{root}{room.at()}")
    look(lead)
    screen = lead.context.new_page()
    screen.goto(f"{root}{room.at('/screen')}")
    fits(screen)
    ana, ben = enter(room, root, device)
    expect(screen.locator(".count b")).to_have_text("2")

    screen.keyboard.press("PageDown")
    expect(ben.locator("h1")).to_have_text("Common service language")
    expect(screen.locator("h1")).to_have_text("Lenguaje común del servicio")  # until then it takes no further key
    fits(screen)
    screen.keyboard.press("ArrowRight")
    vote_and_change_it(ana, screen)
    vote_without_a_network(ben, screen)

    # The page of whoever leads has followed the screen; its keys do not act in a field.
    expect(lead.locator("form[data-key=next] button")).to_have_text("Mostrar los votos")
    expect(lead.locator("form[data-key=back]")).to_be_hidden()
    lead.locator("input[name=what]").press("ArrowRight")
    lead.locator("#main").press("PageDown")
    expect(lead.locator("h1")).to_have_text("¿Mostrar tan pocos votos?")
    lead.get_by_role("link", name="Esperar más votos").click()
    screen.keyboard.press("PageDown")
    expect(screen.locator("#room-sure")).to_be_visible()
    screen.keyboard.press("PageDown")
    expect(screen.locator("#room-sure")).to_be_hidden()
    expect(screen.locator(".votes .most th")).to_have_text(["4 Arraigado", "1 Ausente"])
    fits(screen)
    expect(ben.locator(".bars")).to_be_visible()
    lead.locator("input[name=level][value='2']").check()
    look(lead)
    lead.get_by_role("button", name="Guardar lo acordado").click()
    expect(screen.locator(".agreed")).to_have_text("Acordado: 2 · Incipiente")
    expect(ben.locator(".in")).to_have_text("Agreed: 2 · Emerging")
    screen.keyboard.press("b")
    expect(screen.locator(".dark")).to_have_count(1)
    screen.keyboard.press("PageDown")
    expect(screen.locator("h1")).to_have_text("Visión comprometida del servicio")

    room.command("go", to="ladder:contact")
    expect(screen.locator(".levels li")).to_have_count(6)
    fits(screen)

    expect(lead.locator("h1")).to_have_text(screen.locator("h1").inner_text())  # it has loaded itself anew
    lead.goto(f"{root}{room.at('/end')}")
    lead.get_by_role("button", name="Terminar el taller").click()
    expect(ben.locator("h1")).to_have_text("The workshop has ended")
    expect(screen.locator("h1")).to_have_text("El taller terminó")
    lost = ("410", "ERR_INTERNET_DISCONNECTED")
    assert [
        words for page in (lead, ana, ben) for words in page.complaints if not any(one in words for one in lost)
    ] == []


@pytest.mark.parametrize("language", ["es-CO", "en-US"])
def test_a_tie_of_few_with_one_who_does_not_know_stands_below_its_bars(held, device, language):
    room, root = held
    phones = [room.phone() for _ in range(3)]
    room.command("go", to="ladder:contact")
    room.command("next")
    for phone, level in zip(phones, (0, 2, 5), strict=True):
        vote(phone, level)
    room.command("next")
    lead = device(1280, language)
    sign_in(lead, root)
    lead.goto(f"{root}{room.at('/screen')}")
    expect(lead.locator(".votes tr")).to_have_count(7)
    expect(lead.locator("footer p")).to_have_count(2)
    fits(lead)


def test_what_was_written_outlives_other_buttons_and_a_question_is_not_left_unasked(held, device):
    room, root = held
    room.command("next")
    lead = device(360, "en-US")
    sign_in(lead, root)
    lead.goto(f"{root}{room.at()}")
    assert lead.locator("form[data-key=next] button").bounding_box()["y"] < 600  # in sight on a phone
    lead.locator("input[name=level][value='2']").check()
    lead.fill("input[name=note]", "Heard in meetings")
    lead.fill("input[name=parked]", "And the nights?")
    lead.get_by_role("button", name="Park it").click()
    expect(lead.locator(".notice.done")).to_have_text("Parked.")
    expect(lead.locator("input[name=parked]")).to_have_value("")
    expect(lead.locator("input[name=level][value='2']")).to_be_checked()
    expect(lead.locator("input[name=note]")).to_have_value("Heard in meetings")

    lead.once("dialog", lambda dialog: dialog.dismiss())
    lead.get_by_role("button", name="Skip this question").click()
    expect(lead.locator("h1")).to_have_text("Common service language")
    lead.once("dialog", lambda dialog: dialog.accept())
    lead.get_by_role("button", name="Skip this question").click()
    expect(lead.locator("h1")).to_have_text("Engaging service vision")
    lead.get_by_role("button", name="Back", exact=True).click()
    expect(lead.locator("input[name=note]")).to_have_value("Heard in meetings")
    lead.get_by_role("button", name="Agree on it").click()
    expect(lead.locator(".notice.done")).to_have_text("The agreement is saved.")


def test_whoever_is_signed_out_or_whose_workshop_is_gone_is_told_so_and_asks_no_more(held, device):
    room, root = held
    ben, lead = enter(room, root, device)[1], device(1280, "en-US")
    sign_in(lead, root)
    lead.goto(f"{root}{room.at()}")
    screen, signed_in = lead.context.new_page(), lead.context.cookies()
    screen.goto(f"{root}{room.at('/screen')}")
    lead.fill("input[name=parked]", "And the nights?")
    lead.context.clear_cookies()
    signed_out = "You are signed out. Sign in again, then reload this page."
    expect(screen.locator("h1")).to_have_text(signed_out)
    expect(lead.locator("#room-moved")).to_have_text(signed_out)

    lead.context.add_cookies(signed_in)
    screen.goto(f"{root}{room.at('/screen')}")
    with room.world.app.extensions["escala_database"].writing() as session:
        session.delete(session.get_one(Round, room.round_id))
    expect(screen.locator("h1")).to_have_text("The workshop is over, or you can no longer lead it.")
    expect(ben.locator("h1")).to_have_text("The workshop is over")
    expect(ben.locator("#state")).to_have_text("")


def test_a_phone_without_scripts_votes_by_plain_buttons(held, device):
    room, root = held
    phone = device(360, "en-US", java_script_enabled=False)
    phone.goto(f"{root}/w/{room.token}")
    phone.get_by_role("button", name="Join").click()
    room.command("next")
    room.command("next")
    phone.get_by_role("link", name="Refresh").click()
    look(phone, audit=False)
    phone.get_by_role("button", name="Embedded").click()
    expect(phone.locator(".in")).to_contain_text("Your vote is in: 4 · Embedded")


def test_phones_join_by_an_address_of_the_local_network_over_plain_http(held, device):
    """There browsers treat pages as insecure, and send fewer headers than to the machine itself."""
    room, _ = held
    address = next((one for one in own_addresses() if ":" not in one), None)
    if address is None:
        pytest.skip("this machine is in no network")
    with serving(room.world.app, address) as root:
        phone, lead = device(360, "en-US"), device(1280, "en-US")
        phone.goto(f"{root}/w/{room.token}")
        assert not phone.evaluate("isSecureContext")
        phone.get_by_role("button", name="Join").click()
        expect(phone.locator("h1")).to_have_text("You are in")
        sign_in(lead, root)
        lead.goto(f"{root}/phone-test")
        phone.goto(f"{root}/phone-test/{lead.locator('b.whole').inner_text().rpartition('/')[2]}")
        phone.get_by_role("button", name="Tell the screen").click()
        expect(lead.locator(".notice.done")).to_have_text("A phone reached this computer.")


def test_after_the_workshop_the_plan_can_be_printed_from_wherever_the_page_is(held, device):
    room, root = held
    lead = device(1280, "en-US")
    sign_in(lead, root)
    room.command("next")
    lead.goto(f"{root}{room.at()}")
    lead.locator("input[name=level][value='2']").check()
    lead.get_by_role("button", name="Agree on it").click()
    lead.goto(f"{root}{room.at('/end')}")
    lead.get_by_role("button", name="End the workshop").click()
    lead.get_by_role("button", name="Close the round and draft the plan").click()
    expect(lead.locator("h1")).to_contain_text("Plan for")
    for width, height in (*SCREENS, (1366, 768)):
        lead.set_viewport_size({"width": width, "height": height})
        for part in (0, 0.25, 0.5, 1):
            lead.evaluate("part => scrollTo(0, part * document.body.scrollHeight)", part)
            assert lead.evaluate(ON_TOP, "button[value=print]"), (width, height, part)
            assert lead.evaluate("document.documentElement.scrollWidth <= innerWidth")
    lead.get_by_role("link", name="Share the plan").click()
    assert lead.evaluate(ON_TOP, "button[value=share]")
    lead.get_by_role("button", name="Share the plan").click()
    expect(lead.locator("#share ~ p").first).to_contain_text("Shared since")
