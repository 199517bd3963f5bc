"""The plan on its page: accepted, changed without JavaScript, saved as one types, printed and kept."""

from __future__ import annotations

import re
import uuid
from dataclasses import replace
from typing import Any

import pytest

from assessment.catalogue.catalogue import load_team_kinds
from assessment.domain.answers import Answer, Role
from assessment.domain.rounds import RoundMode
from tests.printing import words_of_pdf
from tests.services.build import make_sheet
from tests.web.client import PageClient
from tests.web.conftest import all_databases
from tests.web.test_results import publish, publish_once, sheets
from tests.web.world import World


@pytest.fixture
def address(world: World) -> str:
    return publish_once(world)


def open_plan(world: World, address: str, person: str = "manager", language: str = "es") -> PageClient:
    client = world.client(person, language)
    assert client.get(f"{address}/plan").status_code == 200
    return client


def fields(client: PageClient) -> dict[str, str]:
    data: dict[str, str] = client.page.forms[-1]["data"]
    return data


def pillars(client: PageClient) -> list[str]:
    return [value for name, value in fields(client).items() if name.startswith("pillar-")]


def press(client: PageClient, act: str, **values: Any) -> Any:
    """Presses a button of the form, and follows where it leads."""
    answer = client.fill({"act": act, **values})
    if answer.status_code == 303:
        answer = client.get(answer.headers["Location"].partition("#")[0])
    if "?printed=" in client.at:  # a browser takes the file from there
        answer = client.get(f"{client.at.partition('?')[0]}/printed/{client.at.partition('=')[2]}")
    return answer


@all_databases
@pytest.mark.parametrize("language", ["es", "en"])
def test_the_proposal_is_accepted_and_printed_at_once(world: World, address: str, language: str) -> None:
    client = open_plan(world, address, language=language)
    assert len(pillars(client)) == 2
    assert client.page.text.count({"es": "Por qué ayuda", "en": "Why it helps"}[language]) == 5
    answer = press(client, "print")
    assert answer.mimetype == "application/pdf"
    assert {"es": "Nuestro plan de servicio", "en": "Our service plan"}[language] in words_of_pdf(answer.data)
    again = press(client, "print")
    assert again.data == answer.data
    client.get(f"{address}/plan")
    assert len([link for link in client.page.links if "/plan/printed/" in link]) == 1


def test_the_list_of_printed_versions_says_which_has_empty_cells(world: World, address: str) -> None:
    client = open_plan(world, address)
    press(client, "print")
    press(client, "blank")
    client.get(f"{address}/plan")
    listed = [link for link in client.page.links if "/plan/printed/" in link]
    assert len(listed) == 2
    assert client.page.text.count("Español · con celdas vacías") == 1


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_page_says_that_the_print_is_ready_and_lists_it_at_once(world: World, address: str, language: str) -> None:
    client = open_plan(world, address, language=language)
    html = client.get(client.fill({"act": "blank"}).headers["Location"]).text
    words = {"es": "El plan está listo", "en": "The plan is ready"}[language]
    assert words in client.page.text
    [listed] = {link for link in client.page.links if "/plan/printed/" in link}
    assert f'content="0; url={listed}"' in html
    name = {"es": "ronda-de-noviembre-es-para-llenar", "en": "ronda-de-noviembre-en-to-fill-in"}[language]
    assert name in client.get(listed).headers["Content-Disposition"]
    client.get(f"{address}/plan?printed={uuid.uuid4()}")
    assert words not in client.page.text


def test_what_is_typed_is_kept_and_printed(world: World, address: str) -> None:
    client = open_plan(world, address)
    place = pillars(client)[0]
    owner, measure = f"owner-{place}-0", f"measure-{place}-0"
    proposed = fields(client)[measure]
    press(client, "save", **{owner: "Ana María", f"done-{place}-0": "y"})
    assert fields(client)[owner] == "Ana María"
    assert fields(client)[f"done-{place}-0"] == "y"
    english = open_plan(world, address, language="en")
    assert fields(english)[owner] == "Ana María"
    assert fields(english)[measure] not in ("", proposed), "the library's own words are in each reader's language"
    assert "Ana María" in words_of_pdf(press(client, "print", print_language="en", print_paper="a4").data)


def test_what_a_page_saves_of_actions_that_are_gone_is_of_the_same_new_actions_from_then_on(
    world: World, address: str
) -> None:
    """A page that the browser's “Back” shows once more names an action that was taken out since."""
    client = open_plan(world, address)
    place = pillars(client)[0]
    press(client, f"remove:{place}:1")
    press(client, f"own:{place}", **{f"title-{place}-1": "Café"})
    page = fields(client)
    press(client, f"remove:{place}:1")
    press(client, "save", **{f"owner-{place}-0": "Ana"})
    page["version"] = fields(client)["version"]
    saved = client.fill({**page, "act": "autosave", f"title-{place}-1": "Café con clientes"}).json
    assert saved["ids"][f"id-{place}-1"] != page[f"id-{place}-1"]
    page |= {**saved["ids"], "version": str(saved["version"])}
    assert client.fill({**page, "act": "autosave", f"title-{place}-1": "Café de siempre"}).json["ids"] == saved["ids"]
    client.get(f"{address}/plan")
    assert fields(client)[f"id-{place}-1"] == saved["ids"][f"id-{place}-1"]


def test_an_owner_that_is_left_open_on_purpose_stays_open(world: World, address: str) -> None:
    client = open_plan(world, address)
    place = pillars(client)[0]
    owner, measure, other = f"owner-{place}-0", f"measure-{place}-0", f"owner-{place}-1"
    proposed = fields(client)[other]
    press(client, "save", **{owner: "", measure: ""})
    english = open_plan(world, address, language="en")
    assert (fields(english)[owner], fields(english)[measure]) == ("", "")
    assert fields(english)[other] not in ("", proposed), "the library's own, in each reader's language"
    assert "Owner —" in open_plan(world, address, "viewer", "en").page.text
    client.get(f"{address}/plan")
    press(client, "restore")
    assert fields(client)[owner] != ""


def test_one_owner_that_is_named_leaves_the_others_proposed(world: World, address: str) -> None:
    client = open_plan(world, address, language="en")
    place = pillars(client)[0]
    assert client.page.text.count("Proposed: put a name instead.") == 5
    press(client, "save", **{f"owner-{place}-0": "Ana"})
    assert client.page.text.count("Proposed: put a name instead.") == 4
    assert open_plan(world, address, "viewer", "en").page.text.count("(proposed)") == 4
    preview = client.get(f"{address}/plan/preview").text
    assert preview.count('class="proposed"') == 4
    assert "Owners in italics are proposals still" in client.page.text


def test_an_action_of_the_library_stands_once_under_its_heading(world: World, address: str) -> None:
    client = open_plan(world, address)
    place = pillars(client)[0]
    first = fields(client)[f"action-{place}-0"]
    press(client, "print", **{f"action-{place}-1": first})
    assert "Esta acción ya está en el plan." in client.page.text


def test_no_byte_of_a_form_is_an_error_of_the_database(world: World, address: str) -> None:
    client = open_plan(world, address)
    place = pillars(client)[0]
    assert client.fill({"act": "save", "editor": "a\x00b", f"owner-{place}-0": "Ana"}).status_code == 303


def action_ids(client: PageClient) -> list[str]:
    return [value for name, value in fields(client).items() if name.startswith("id-")]


def test_what_is_typed_over_the_proposal_is_kept_of_the_very_actions_on_the_page(world: World, address: str) -> None:
    """The page may send its form many times without being drawn again."""
    client = open_plan(world, address)
    place, shown = pillars(client)[0], action_ids(client)
    page = fields(client)
    for owner in ("Ana", "Ana María"):
        assert client.fill({**page, "act": "autosave", f"owner-{place}-0": owner}).status_code == 200
    client.get(f"{address}/plan")
    assert action_ids(client) == shown
    assert fields(client)[f"owner-{place}-0"] == "Ana María"


def test_a_form_names_no_action_but_those_of_its_own_plan(world: World, address: str) -> None:
    client = open_plan(world, address)
    press(client, "save")
    place, (first, second, *others) = pillars(client)[0], action_ids(client)
    for strange in (str(uuid.uuid4()), second, "", "nothing"):
        press(client, "save", **{f"id-{place}-0": strange, f"owner-{place}-0": f"Ana {strange}"[:60]})
        assert fields(client)[f"owner-{place}-0"].startswith("Ana")
        assert action_ids(client) == [first, second, *others], "the same action of the library, in the same place"


def test_a_page_from_before_does_not_take_another_action_for_the_one_that_was_there(world: World, address: str) -> None:
    client = open_plan(world, address)
    place = pillars(client)[0]
    press(client, f"remove:{place}:1")
    press(client, f"own:{place}", **{f"owner-{place}-0": "Luis"})
    page, before = fields(client), action_ids(client)
    press(client, f"remove:{place}:1", **{f"title-{place}-1": "Café con clientes"})
    press(client, f"own:{place}")
    press(client, "save", **{f"title-{place}-1": "Desayuno"})
    assert len(set(action_ids(client)) & set(before)) == len(before) - 1, "another action of the team's own"
    version = fields(client)["version"]
    press(client, "save", **{**page, "version": version, f"title-{place}-1": "Café de siempre"})
    assert fields(client)[f"title-{place}-1"] == "Café de siempre"
    assert len(set(action_ids(client)) & set(before)) == len(before) - 1


def test_what_no_browser_would_send_is_refused_and_everything_typed_is_still_there(world: World, address: str) -> None:
    client = open_plan(world, address)
    place, longest = pillars(client)[0], "palabra " * 200
    before = fields(client)
    answer = client.fill({"act": "save", f"owner-{place}-0": longest, f"measure-{place}-0": longest})
    assert answer.status_code == 422
    assert fields(client)[f"owner-{place}-0"] == longest.strip()
    assert "Escríbalo más corto" in client.page.text
    assert client.fill({**before, "act": f"remove:{place}:" + "9" * 5_000}).status_code == 404
    client.get(f"{address}/plan")
    assert fields(client) | {"editor": ""} == before | {"editor": "", "csrf_token": fields(client)["csrf_token"]}


def test_an_action_of_ones_own_takes_the_place_of_one_that_is_taken_away(world: World, address: str) -> None:
    client = open_plan(world, address)
    place = pillars(client)[0]
    press(client, f"remove:{place}:1")
    assert f"action-{place}-1" not in fields(client)
    press(client, f"own:{place}")
    assert "Falta escribir qué van a hacer." in client.page.text
    assert press(client, "print", **{f"owner-{place}-1": "Luis"}).mimetype == "text/html"
    assert fields(client)[f"owner-{place}-1"] == "Luis", "kept, though it cannot be printed yet"
    printed = words_of_pdf(press(client, "print", **{f"title-{place}-1": "Café con clientes"}).data)
    assert "Café con clientes. " in printed
    assert "Luis" in printed


def test_what_was_taken_out_is_undone(world: World, address: str) -> None:
    client = open_plan(world, address)
    both = pillars(client)
    press(client, f"drop:{both[0]}")
    assert pillars(client) == both[1:]
    press(client, "undo")
    assert pillars(client) == both


def test_an_action_is_chosen_on_a_page_of_its_own(world: World, address: str) -> None:
    client = open_plan(world, address)
    place = pillars(client)[0]
    before = fields(client)[f"action-{place}-0"]
    press(client, f"choose:{place}:0", **{f"owner-{place}-0": "Ana"})
    assert client.page.text.count("Ya está en el plan") == 2
    assert "Elegir «" not in client.page.h1
    other = f"{place}-conversation" if before != f"{place}-conversation" else None
    answer = client.fill({"action": other or _another(client, place)})
    assert answer.headers["Location"].endswith(f"/plan#at-{place}-0")
    client.get(f"{address}/plan")
    assert fields(client)[f"action-{place}-0"] != before
    assert fields(client)[f"owner-{place}-0"] == "Ana"


def _another(client: PageClient, place: str) -> str:
    from assessment.catalogue.catalogue import load_action_library

    return load_action_library().pillars[place].by_level[1][0].id


def test_another_pillar_needs_a_reason_that_is_printed(world: World, address: str) -> None:
    client = open_plan(world, address)
    first, second = pillars(client)
    press(client, f"swap:{first}")
    other = next(pillar for pillar in ("voice", "measures", "improvement") if pillar not in (first, second))
    assert client.fill({"pillar": other}).status_code == 422
    assert "Falta escribir por qué eligieron este pilar." in client.page.text
    client.fill({"pillar": other, "reason": "Tres quejas este mes"})
    client.get(f"{address}/plan")
    assert pillars(client) == [other, second]
    assert "Ustedes lo eligieron: Tres quejas este mes." in words_of_pdf(press(client, "print").data)
    client.get(f"{address}/results")
    assert "De qué se ocupa el plan, y por qué" in client.page.text
    assert "Ustedes lo eligieron: Tres quejas este mes." in open_plan(world, address, "viewer").page.text
    client.get(f"{address}/plan")
    press(client, "restore")
    assert pillars(client) == [first, second]


def test_the_reason_of_a_pillar_that_goes_on_is_told_in_each_readers_language_until_it_is_rewritten(
    world: World, address: str
) -> None:
    client = open_plan(world, address)
    first, second = pillars(client)
    other = next(pillar for pillar in ("voice", "measures", "improvement") if pillar not in (first, second))
    press(client, f"swap:{first}")
    client.fill({"pillar": other, "reason": "Viene de nuestro plan anterior."})
    english = open_plan(world, address, language="en")
    assert fields(english)[f"reason-{other}"] == "It goes on from our last plan."
    assert "You chose it: It goes on from our last plan." in words_of_pdf(press(english, "print").data)
    spanish = open_plan(world, address)
    assert fields(spanish)[f"reason-{other}"] == "Viene de nuestro plan anterior."
    press(spanish, "save", **{f"reason-{other}": "Viene de lejos."})
    assert fields(open_plan(world, address, language="en"))[f"reason-{other}"] == "Viene de lejos."


def test_a_third_pillar_waits_for_room(world: World, address: str) -> None:
    client = open_plan(world, address)
    assert not [one for one in client.page.texts if "Trabajar un pilar más" in one]
    two = pillars(client)
    client.get(f"{address}/plan/pillars")
    client.fill({"pillar": "benchmarking", "reason": "Nos inspira"})
    client.get(f"{address}/plan")
    assert "En la página 1 caben cinco acciones" in client.page.text
    assert pillars(client) == two
    press(client, f"remove:{two[0]}:0")
    press(client, "pillar")
    client.fill({"pillar": "benchmarking", "reason": "Nos inspira"})
    client.get(f"{address}/plan")
    assert pillars(client) == [*two, "benchmarking"]
    assert press(client, "print").mimetype == "application/pdf"


def test_what_is_missing_names_its_pillar(world: World, address: str) -> None:
    client = open_plan(world, address, language="en")
    place = pillars(client)[0]
    client.get(f"{address}/results")
    results = client.page.text
    client.get(f"{address}/plan")
    press(client, f"remove:{place}:0")
    press(client, f"remove:{place}:0")
    told = [text.strip() for text in client.page.texts if "Add an action for this pillar" in text]
    pillar = told[0].partition("”")[0].removeprefix("“")
    assert pillar
    assert pillar in results


def test_what_is_missing_of_actions_names_each_of_them(world: World, address: str) -> None:
    client = open_plan(world, address)
    place = pillars(client)[0]
    answer = client.fill({"act": "autosave", f"due-{place}-0": "", f"due-{place}-1": ""})
    words = [one["words"] for one in answer.json["missing"]]
    assert len(words) == len(set(words)) == 2
    assert all(
        one.endswith("”: Falta elegir para cuándo.") or one.endswith("»: Falta elegir para cuándo.") for one in words
    )


def test_two_plans_that_differ_are_shown_field_by_field(world: World, address: str) -> None:
    ana, luis = open_plan(world, address), open_plan(world, address, "administrator", "en")
    place = pillars(ana)[0]
    owner, other = f"owner-{place}-0", f"owner-{place}-1"
    press(ana, "save", **{owner: "Ana"})
    assert luis.fill({"act": f"remove:{place}:1", owner: "Luis", other: "Luisa"}).status_code == 409
    difference = luis.page.text.partition("As you have it")[2].partition("See the plan as it was saved")[0]
    assert "Owner Ana Luis" in difference
    assert re.search(r"Owner [^·]+ \(proposed\) Luisa", difference)
    assert "Somebody else has changed" not in luis.page.text, "it may have been the same person in another tab"
    assert "Nothing was added to the plan or taken away." in luis.page.text


def test_what_one_types_is_saved_without_leaving_the_page(world: World, address: str) -> None:
    client = open_plan(world, address)
    place = pillars(client)[0]
    sent = {"act": "autosave", f"owner-{place}-0": "Ana", f"due-{place}-0": ""}
    answer = client.fill(sent)
    assert answer.json["version"] == 1
    assert answer.json["faults"] == {f"due-{place}-0": "Falta elegir para cuándo."}
    assert answer.json["missing"][0]["anchor"] == f"due-{place}-0"
    assert client.fill({**sent, f"owner-{place}-0": "Ana María"}).json["version"] == 2, "the same page goes on"
    wrong = client.fill({**sent, f"due-{place}-0": "mañana"})
    assert (wrong.status_code, list(wrong.json["faults"])) == (422, [f"due-{place}-0"])


def test_what_cannot_be_kept_stays_in_the_form(world: World, address: str) -> None:
    client = open_plan(world, address)
    place = pillars(client)[0]
    answer = client.fill({"act": "save", f"owner-{place}-0": "A" * 61, f"measure-{place}-0": "Otra medida"})
    assert answer.status_code == 422
    assert "Escríbalo más corto: 60 letras como máximo." in client.page.text
    assert fields(client)[f"owner-{place}-0"] == "A" * 61
    client.get(f"{address}/plan")
    assert "Otra medida" not in fields(client).values()


@all_databases
def test_two_managers_do_not_overwrite_each_other_unawares(world: World, address: str) -> None:
    ana, luis = open_plan(world, address), open_plan(world, address, "administrator")
    place = pillars(ana)[0]
    owner = f"owner-{place}-0"
    press(ana, "save", **{owner: "Ana"})
    assert luis.fill({"act": "autosave", owner: "Luis"}).status_code == 409
    answer = luis.fill({"act": "save", owner: "Luis"})
    assert answer.status_code == 409
    assert "El plan cambió mientras usted escribía" in luis.page.text
    assert fields(luis)[owner] == "Luis", "what was typed is still there"
    assert "Todavía no se ha guardado." in luis.page.text
    page = fields(luis)
    assert luis.fill({**page, "act": "autosave", owner: "Luisa"}).status_code == 409, "only a button takes the place"
    assert fields(open_plan(world, address))[owner] == "Ana", "and so is what the other one saved"
    assert luis.fill({**page, "act": "save", owner: "Luis"}).status_code == 303
    assert fields(open_plan(world, address))[owner] == "Luis", "unless one insists, knowing it"


def test_a_viewer_reads_the_plan_and_changes_nothing(world: World, address: str) -> None:
    manager = open_plan(world, address)
    place = pillars(manager)[0]
    printed = press(manager, "print", **{f"owner-{place}-0": "Ana"}).data
    viewer = open_plan(world, address, "viewer")
    assert "Ana" in viewer.page.text
    assert not [form for form in viewer.page.forms if "/plan" in form["action"]]
    kept = next(link for link in viewer.page.links if "/plan/printed/" in link)
    assert viewer.get(kept).data == printed
    assert viewer.get(f"{address}/plan.pdf").data == printed
    token = {"csrf_token": viewer.page.forms[0]["data"]["csrf_token"]}
    for page in ("/plan", "/plan/pillars", "/plan/actions"):
        assert viewer.post(address + page, data=token).status_code == 403
    outsider = world.client("outsider")
    assert outsider.get(kept).status_code == 404


def test_a_printed_version_is_found_under_its_own_round_only(world: World, address: str) -> None:
    client = open_plan(world, address)
    press(client, "print")
    client.get(f"{address}/plan")
    kept = next(link for link in client.page.links if "/plan/printed/" in link)
    another = publish(world, *sheets(6))
    assert client.get(f"{another}/plan/printed/{kept.rpartition('/')[2]}").status_code == 404


def test_an_unfinished_plan_is_previewed_but_not_downloaded(world: World, address: str) -> None:
    client = open_plan(world, address)
    press(client, f"drop:{pillars(client)[0]}")
    press(client, f"drop:{pillars(client)[0]}")
    assert client.get(f"{address}/plan/preview?framed=1").status_code == 200
    assert client.get(f"{address}/plan.pdf").headers["Location"] == f"{address}/plan"


def test_the_preview_is_framed_by_our_own_pages_only_and_runs_nothing(world: World, address: str) -> None:
    client = open_plan(world, address)
    editor = client.get(f"{address}/plan").headers["Content-Security-Policy"]
    assert "frame-src 'self'" in editor
    assert "frame-ancestors 'none'" in editor
    framed = client.get(f"{address}/plan/preview?framed=1&paper=a4&language=en")
    assert "frame-ancestors 'self'" in framed.headers["Content-Security-Policy"]
    assert "script-src" not in framed.headers["Content-Security-Policy"]
    assert client.page.h1 == "Our service plan"
    assert client.page.links == []
    style = client.get(f"{address}/plan/preview.css?paper=a4")
    assert (style.mimetype, "794px" in style.text, "#0b6b6b" in style.text) == ("text/css", True, True)
    for path in ("engine/print.css", "action_plan/print.css", "engine/fonts/source-serif-4-latin-600-normal.woff"):
        with client.get(f"/documents/{path}") as answer:
            assert answer.status_code == 200
    for path in ("engine/pdf.py", "action_plan/document.html", "../pyproject.toml", "engine/../../assessment/app.py"):
        assert client.get(f"/documents/{path}").status_code == 404


def test_a_place_that_is_not_there_is_nowhere(world: World, address: str) -> None:
    client = open_plan(world, address)
    assert client.get(f"{address}/plan/actions?heading=weather").status_code == 404
    client.get(f"{address}/plan")
    assert client.fill({"act": "remove:weather:0"}).status_code == 404
    client.get(f"{address}/plan")
    assert press(client, "print", **{"action-move-0": "language-own-ladder"}).mimetype == "text/html"
    assert "La biblioteca ya no tiene esta acción." in client.page.text


def test_a_part_of_the_form_is_not_taken_for_the_whole_plan(world: World, address: str) -> None:
    client = open_plan(world, address)
    both = pillars(client)
    token = fields(client)["csrf_token"]
    assert client.post(f"{address}/plan", data={"csrf_token": token, "act": "save"}).status_code == 400
    assert pillars(open_plan(world, address)) == both


def test_a_round_without_a_result_has_no_plan(world: World) -> None:
    address = publish(world, *sheets(3))
    client = world.client("manager")
    for page in ("/plan", "/plan.pdf", "/plan/preview", "/feedback"):
        assert client.get(address + page).headers["Location"] == f"{address}/results"


# Moments that are level


def test_of_moments_that_are_level_the_team_chooses_one(world: World) -> None:
    points = load_team_kinds()[0].points
    ladder: dict[str, Answer] = {point.id: 2 if at in (1, 3) else 5 for at, point in enumerate(points)}
    sheet = replace(make_sheet(3, role=Role.CONSENSUS), ladder=ladder)
    address = publish(world, sheet, mode=RoundMode.CONSENSUS)
    first, other = points[1].name.en, points[3].name.en
    client = open_plan(world, address, language="en")
    assert f"One of the lowest moments: {first}" in client.page.text
    assert press(client, f"point:{points[3].id}", **{f"owner-{pillars(client)[0]}-0": "Ana"}).status_code == 200
    assert f"One of the lowest moments: {other}" in client.page.text
    assert fields(client)[f"owner-{pillars(client)[0]}-0"] == "Ana", "and what was typed is kept"
    press(client, "save", **{"owner-move-0": "Luis"})
    assert f"One of the lowest moments: {other}" in open_plan(world, address, "viewer", "en").page.text
    assert points[3].name.es in words_of_pdf(press(open_plan(world, address), "print").data)
    client = open_plan(world, address, language="en")
    press(client, f"point:{points[1].id}")
    press(client, "undo")
    assert f"One of the lowest moments: {other}" in client.page.text
    assert fields(client)["owner-move-0"] == "Luis"
    assert client.fill({"act": f"point:{points[0].id}"}).status_code == 404, "that one is not among the lowest"
    client.get(f"{address}/plan")
    press(client, "restore")
    assert f"One of the lowest moments: {first}" in client.page.text


# How far the actions are


def open_follow_up(world: World, address: str, language: str = "en") -> PageClient:
    client = world.client("manager", language)
    assert client.get(f"{address}/plan/follow").status_code == 200
    return client


def followed(client: PageClient) -> list[str]:
    """The actions of the page, in their order."""
    return [name.removeprefix("status-") for name in fields(client) if name.startswith("status-")]


def follow(client: PageClient, action: str, **values: str) -> Any:
    return client.fill({f"{name}-{action}": value for name, value in values.items()})
