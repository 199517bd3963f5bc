"""A round from a responses file: everything that is wrong in one pass, then the round, and nothing kept between."""

from __future__ import annotations

import base64
import io
import threading
import zipfile
import zlib
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from assessment.catalogue.catalogue import load_questionnaire
from assessment.intake.responses import Responses
from assessment.services.import_round import read_upload
from assessment.services.questionnaires import store_questionnaire
from assessment.store.rounds import Round
from tests.conftest import ROOT
from tests.questionnaires.every_kind import FILE, person, save
from tests.web.client import PageClient
from tests.web.conftest import all_databases
from tests.web.world import World

ITEMS = [item.id for item in load_questionnaire().items]


def responses(*teams: str, people: int = 6, header: str = "", role: str = "staff", answer: str = "4") -> bytes:
    lines = [",".join(["team", "role", *ITEMS, "ladder:contact", *([header] if header else [])])]
    for team in teams or ("Mesa de ayuda",):
        for _ in range(people):
            lines.append(",".join([team, role, *[answer] * len(ITEMS), "3", *(["x"] if header else [])]))
    return "\n".join(lines).encode()


def send(client: PageClient, world: World, data: bytes, name: str = "respuestas.csv", **values: str) -> TestResponse:
    client.get(f"{world.team_address}/rounds/import")
    answer = client.fill({"file": (io.BytesIO(data), name), **values})
    answer.request.environ["wsgi.input"].close()  # the test client leaves a large one open
    return answer


def test_a_file_may_answer_a_questionnaire_of_the_organisations_own(world: World, tmp_path: Path) -> None:
    with world.app.extensions["escala_database"].writing() as session:
        store_questionnaire(session, organisation_id=world.organisation, text=FILE.read_bytes())
    data = save(tmp_path / "own.csv", [person(3 + number % 3) for number in range(8)]).read_bytes()
    client = world.client("manager")
    assert send(client, world, data, questionnaire="every-kind").status_code == 200
    assert client.page.h1 == "What the file says", client.page.text
    address = client.fill({"name": "Del taller"}).headers["Location"]
    client.get(f"{address}/publish")
    client.fill({"confirmed": "y"})
    assert client.get(f"{address}/results").status_code == 200
    assert "Warmth of treatment" in client.page.text
    empty = client.get(f"{world.team_address}/rounds/import/template?format=csv&questionnaire=every-kind")
    assert "meetings-rubric" in empty.data.decode("utf-8-sig")
    assert client.get(f"{world.team_address}/rounds/import/template?questionnaire=another").status_code == 404


def rounds_kept(world: World) -> int:
    with world.app.extensions["escala_database"].reading() as session:
        counted = select(func.count()).select_from(Round).where(Round.organisation_id == world.organisation)
        return session.scalar(counted) or 0


@all_databases
def test_a_file_becomes_a_round_that_is_published(world: World) -> None:
    client = world.client("manager")
    assert send(client, world, responses()).status_code == 200
    assert client.page.h1 == "What the file says"
    assert "Mesa de ayuda: 6 people" in client.page.text
    assert rounds_kept(world) == 0
    answer = client.fill({"name": "Del taller"})
    assert answer.status_code == 303, client.page.text
    address = answer.headers["Location"]
    client.get(address)
    assert "Its answers came in a file" in client.page.text
    assert "6 people answered." in client.page.text
    client.get(f"{address}/publish")
    assert client.fill({"confirmed": "y"}).headers["Location"] == f"{address}/results"
    assert client.get(f"{address}/results").status_code == 200
    assert "6 people answered." in client.page.text


def test_a_workbook_is_read_as_well(world: World) -> None:
    client = world.client("manager")
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["team", *ITEMS])
    for _ in range(5):
        book.active.append(["Mesa de ayuda", *[4] * len(ITEMS)])
    out = io.BytesIO()
    book.save(out)
    send(client, world, out.getvalue(), "respuestas.xlsx")
    assert client.fill().status_code == 303


def test_everything_that_is_wrong_is_told_in_one_pass_and_nothing_is_kept(world: World) -> None:
    lines = responses().decode().split("\n")
    lines[2] = lines[2].replace(",4,", ",9,", 1)
    lines[4] = lines[4].replace(",staff,", ",boss,")
    client = world.client("manager", "es")
    assert send(client, world, "\n".join(lines).encode()).status_code == 200
    assert client.page.h1 == "Una ronda desde un archivo"
    assert "2 cosas por corregir en el archivo" in client.page.text
    assert "Línea 3, columna C" in client.page.text
    assert "Línea 5, columna B" in client.page.text
    assert rounds_kept(world) == 0


def test_a_hopeless_file_is_not_told_without_end(world: World) -> None:
    client = world.client("manager")
    header, *rows = responses(people=40).decode().split("\n")
    wrong = [row.replace(",4,", f",x{number},") for number, row in enumerate(rows)]
    wrong += [row.replace(",3", f",y{number}") for number, row in enumerate(rows)]
    send(client, world, "\n".join([header, *wrong]).encode())
    assert client.page.text.count("Line ") <= 52
    assert "… and 30 more problems." in client.page.text


def test_one_cause_in_all_cells_is_one_thing_to_mend(world: World) -> None:
    client = world.client("manager")
    send(client, world, responses(people=40, answer="7"))
    assert "1 thing to fix in the file" in client.page.text
    assert f"The same is wrong in {40 * len(ITEMS) - 1:,} more places." in client.page.text


def test_a_file_of_the_pages_team_needs_no_column_for_it(world: World) -> None:
    client = world.client("manager")
    lines = [line.partition(",")[2] for line in responses().decode().split("\n")]
    send(client, world, "\n".join(lines).encode())
    assert client.page.h1 == "What the file says", client.page.text
    assert "all rows were read as the team “Mesa de ayuda”" in client.page.text
    assert client.fill().status_code == 303


def test_a_name_read_from_the_right_does_not_turn_the_number_beside_it(world: World) -> None:
    client = world.client("manager")
    send(client, world, responses("فريق الخدمة"))
    assert "\u2068فريق الخدمة\u2069: 6 people" in client.page.text
    assert client.fill().status_code == 303


def test_a_name_in_the_file_is_not_contradicted_by_the_page(world: World) -> None:
    client = world.client("manager")
    send(client, world, responses("Ventas", "Caja"))
    assert "was not used" not in client.page.text
    assert "Ventas: 6 people" in client.page.text


def test_what_a_file_would_lose_is_shown_first(world: World) -> None:
    client = world.client("manager", "es")
    data = responses(header="El equipo es amable").replace(b",x", b",Casi siempre")
    send(client, world, data)
    assert "tienen respuestas, pero su encabezado no es el de ninguna frase" in client.page.text
    assert "marque «Ignorar las columnas desconocidas»" not in client.page.text, "it would lose the answers"
    send(client, world, data, ignore_unknown="y")
    assert client.page.h1 == "Lo que dice el archivo"
    assert client.page.text.index("Mire esto primero") < client.page.text.index("Cómo se entendió")
    assert "El equipo es amable" in client.page.text


def test_a_column_that_could_name_the_team_is_shown_first(world: World) -> None:
    client = world.client("manager")
    data = responses("Norte", "Sur").replace(b"team,", b"Sede,", 1)
    assert send(client, world, data, ignore_unknown="y").status_code == 200
    warning, notes = client.page.text.split("How it was understood")
    assert "A: Sede (Norte, Sur)" in warning.partition("Look at this first")[2]
    assert "teams are mixed" not in notes


def test_an_archive_as_forms_send_it_is_read_and_unknown_columns_come_with_the_way_out(world: World) -> None:
    client = world.client("manager")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("Encuesta.csv", responses(header="Marca temporal"))
    send(client, world, packed.getvalue(), "Encuesta.csv.zip")
    assert "tick “Ignore unknown columns” below" in client.page.text
    assert "The file “Encuesta.csv” in the compressed one was read." in client.page.text
    send(client, world, packed.getvalue(), "Encuesta.csv.zip", ignore_unknown="y")
    assert client.page.h1 == "What the file says"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "empty"),
        (b"%PDF-1.7", "PDF"),
        (b"hola", "only one header was found"),
        (b"team,language-1\n<script>alert(1)</script>,9", "Line 2"),
        (b"a" * 1_000_001, "larger than 1 MB"),
    ],
)
def test_what_is_no_file_of_answers_gets_a_clear_sentence(world: World, data: bytes, sentence: str) -> None:
    client = world.client("manager")
    answer = send(client, world, data)
    assert answer.status_code == 200
    assert sentence in client.page.text
    assert b"<script>alert" not in answer.data
    assert rounds_kept(world) == 0


def test_no_file_at_all_is_asked_for(world: World) -> None:
    client = world.client("manager")
    client.get(f"{world.team_address}/rounds/import")
    client.fill({})
    assert "Please choose a file." in client.page.text


def test_columns_of_other_programs_may_be_left_out(world: World) -> None:
    client = world.client("manager")
    send(client, world, responses(header="Marca temporal"))
    assert "Marca temporal" in client.page.text
    assert client.page.h1 == "A round from a file"
    send(client, world, responses(header="Marca temporal"), ignore_unknown="y")
    assert "Marca temporal" in client.page.text
    assert client.fill().status_code == 303


def test_of_several_teams_the_one_of_the_same_name_is_proposed_and_another_may_be_chosen(world: World) -> None:
    client = world.client("manager")
    send(client, world, responses("Caja", "MESA DE AYUDA"))
    assert client.page.forms[-1]["data"]["file_team"] == "MESA DE AYUDA"
    send(client, world, responses("Caja", "Bodega"))
    assert "file_team" not in client.page.forms[-1]["data"]
    assert client.fill().status_code == 200
    assert rounds_kept(world) == 0
    assert "Please choose which team of the file it is." in client.page.text
    assert client.fill({"file_team": "Ventas"}).status_code == 200
    assert "Please choose which team of the file it is." in client.page.text
    assert client.fill({"file_team": "Bodega"}).status_code == 303


def test_too_few_people_make_no_round(world: World) -> None:
    client = world.client("manager")
    send(client, world, responses(people=4))
    assert client.fill().status_code == 200
    assert "The file has 4 people of this team, and a result needs 5" in client.page.text
    assert rounds_kept(world) == 0


def test_a_consensus_row_is_enough_for_a_small_team(world: World) -> None:
    client = world.client("manager")
    send(client, world, responses(people=1, role="consensus"))
    assert "one sheet, agreed together" in client.page.text
    address = client.fill().headers["Location"]
    client.get(address)
    assert "The team has sent its sheet" in client.page.text
    client.get(f"{address}/publish")
    assert client.fill({"confirmed": "y"}).status_code == 303
    assert client.get(f"{address}/results").status_code == 200


@pytest.mark.parametrize(
    "packed",
    [
        "", "no base64 %", base64.b64encode(b"no zip").decode(),
        base64.b64encode(zlib.compress(b"x" * 2_000_000)).decode(),
        base64.b64encode(zlib.compress(b"team,language-1\nA,9")).decode(),
        base64.b64encode(zlib.compress(responses())[:-9]).decode(),
    ],
)  # fmt: skip
def test_a_form_that_was_tampered_with_begins_again(world: World, packed: str) -> None:
    client = world.client("manager")
    send(client, world, responses())
    answer = client.fill({"packed": packed})
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith("/rounds/import")
    assert rounds_kept(world) == 0


def test_a_nameless_round_is_asked_for_its_name_and_keeps_its_file(world: World) -> None:
    client = world.client("manager")
    send(client, world, responses())
    client.fill({"name": "   "})
    assert "Please write a name for the round." in client.page.text
    assert client.fill({"name": "Taller"}).status_code == 303


def test_while_a_round_is_under_way_no_file_is_taken(world: World) -> None:
    client = world.client("manager")
    send(client, world, responses())
    other = world.client("manager")
    send(other, world, responses())
    assert other.fill().status_code == 303
    assert client.fill().status_code == 409
    assert client.page.h1 == "The team has a round already"
    client.get(f"{world.team_address}/rounds/import")
    assert client.page.h1 == "“Round 1” comes first"
    assert rounds_kept(world) == 1


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_empty_file_has_the_teams_own_moments(world: World, language: str) -> None:
    client = world.client("manager", language)
    workbook = client.get(f"{world.team_address}/rounds/import/template")
    assert workbook.headers["Content-Disposition"].endswith('.xlsx"')
    header = [cell.value for cell in next(openpyxl.load_workbook(io.BytesIO(workbook.data)).worksheets[0].iter_rows())]
    table = client.get(f"{world.team_address}/rounds/import/template?format=csv")
    assert table.mimetype == "text/csv"
    separator = ";" if language == "es" else ","  # where decimals have a comma, as in Colombia
    assert table.data.decode("utf-8-sig").strip().split(separator) == header
    assert "ladder:contact" in header


def test_only_those_who_run_rounds_may_bring_a_file(world: World) -> None:
    for who, status in (("viewer", 403), ("outsider", 404)):
        client = world.client(who)
        for page in ("import", "import/template"):
            assert client.get(f"{world.team_address}/rounds/{page}").status_code == status


def test_the_largest_of_our_examples_travels_in_its_form(world: World) -> None:
    client = world.client("manager")
    data = Path(ROOT / "examples/equipos.csv").read_bytes()
    send(client, world, data)
    assert client.fill({"file_team": "Contact center"}).status_code == 303


def test_reading_a_file_keeps_nobody_from_writing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database is not held while a file is read: another request writes in the middle of it."""
    manager, colleague = world.client("manager"), world.client("administrator")
    statuses = []

    def change_size() -> None:
        colleague.get(f"{world.team_address}/edit")
        statuses.append(colleague.fill({"size": "15"}).status_code)

    def read_slowly(*given: Any, **options: Any) -> Responses:
        meanwhile = threading.Thread(target=change_size)
        meanwhile.start()
        meanwhile.join()
        return read_upload(*given, **options)

    monkeypatch.setattr("assessment.web.responses_file.read_upload", read_slowly)
    send(manager, world, responses())
    assert manager.fill().status_code == 303
    assert statuses == [303, 303]


def test_a_file_with_more_answers_than_people_is_told_before_publication_and_customers_are_no_people(
    world: World,
) -> None:
    client = world.client("manager")
    data = responses(people=12) + responses(people=9, role="customer").partition(b"\n")[2].join([b"\n", b""])
    assert send(client, world, data).status_code == 200, client.page.text
    address = client.fill({"name": "Del taller"}).headers["Location"]
    client.get(address)
    assert "12 people answered." in client.page.text
    assert "The file may have" not in client.page.text
    client.get(f"{address}/discard")
    client.fill({})
    send(client, world, responses(people=14))
    address = client.fill({"name": "Del taller"}).headers["Location"]
    for path in (address, f"{address}/publish"):
        client.get(path)
        assert "14 answers have arrived, and the team has 12 people." in client.page.text
        assert "The file may have some of them twice" in client.page.text
