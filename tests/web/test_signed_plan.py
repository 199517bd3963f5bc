"""What we promised: the sheet to sign, and the photograph of the paper, seen by members and by nobody else."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select

from assessment.infra.clock import utc_now
from assessment.infra.pictures import PHOTOGRAPH_BYTES, PHOTOGRAPH_SIDE
from assessment.services.deletion import delete_team
from assessment.store.accounts import find_account
from assessment.store.audit import AuditEvent
from assessment.store.compaction import OwedCompaction
from assessment.store.plan_photographs import PlanPhotograph
from tests.infra.test_pictures import picture
from tests.web.client import PageClient
from tests.web.test_plans import press
from tests.web.test_results import publish_once
from tests.web.test_shared_plans import reader, share
from tests.web.world import World


@pytest.fixture
def address(world: World) -> str:
    return publish_once(world)


def photograph(**options: Any) -> bytes:
    """As a phone takes it: on its side, and saying where."""
    exif = Image.Exif()
    exif[0x010E] = "Ana Secreta"
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[1] = "N-Secreta"
    return picture("JPEG", size=(2400, 1800), mode="RGB", colour=(9, 90, 200), exif=exif, **options)


def send(client: PageClient, address: str, data: bytes, name: str = "IMG_0001.JPG") -> Any:
    client.get(f"{address}/plan/signed")
    answer = client.fill({"photograph": (BytesIO(data), name)})
    answer.request.environ["wsgi.input"].close()  # a large one is a file
    return answer


def kept(world: World) -> list[PlanPhotograph]:
    with world.app.extensions["escala_database"].reading() as session:
        return list(session.scalars(select(PlanPhotograph)))


def test_the_photograph_is_kept_upright_without_its_place_and_shown_to_members_only(world: World, address: str) -> None:
    manager = world.client("manager", "es")
    sent = photograph()
    assert b"Ana Secreta" in sent
    assert send(manager, address, sent).status_code == 303
    shown = manager.get(f"{address}/plan/signed/photograph")
    image = Image.open(BytesIO(shown.data))
    assert (shown.mimetype, image.size) == ("image/jpeg", (PHOTOGRAPH_SIDE * 3 // 4, PHOTOGRAPH_SIDE))
    assert b"Secreta" not in shown.data
    assert not image.getexif()
    assert shown.headers["Cache-Control"] == "private, no-store"
    viewer = world.client("viewer", "es")
    for page in ("plan", "plan/follow", "plan/signed"):
        client = viewer if page == "plan" else manager
        client.get(f"{address}/{page}")
        assert "Fotografía del plan firmado" in client.get(f"{address}/{page}").get_data(as_text=True)
    assert viewer.get(f"{address}/plan/signed/photograph").status_code == 200
    assert viewer.get(f"{address}/plan/signed").status_code == 403
    assert world.client("outsider").get(f"{address}/plan/signed/photograph").status_code == 404
    assert world.client().get(f"{address}/plan/signed/photograph").status_code == 303
    link = share(world, address)
    assert "photograph" not in reader(world, link).get(link).get_data(as_text=True)
    assert world.client().get(f"{link}/photograph").status_code == 404
    with world.app.extensions["escala_database"].reading() as session:
        done = set(session.scalars(select(AuditEvent.action)))
    assert "added-photograph" in done


def test_it_is_replaced_taken_away_and_goes_with_its_team(world: World, address: str) -> None:
    manager = world.client("manager", "es")
    send(manager, address, photograph())
    before = kept(world)[0].checksum
    send(manager, address, picture("PNG", size=(40, 20), colour=(200, 0, 0, 0)), "firma.png")
    (now,) = kept(world)
    assert (now.checksum != before, now.media_type, now.width) == (True, "image/jpeg", 40)
    manager.get(f"{address}/plan/signed")
    colleague = world.client("manager", "es")
    colleague.get(f"{address}/plan/signed")
    assert manager.fill({"act": "remove"}).status_code == 303
    assert kept(world) == []
    assert manager.get(f"{address}/plan/signed/photograph").status_code == 404
    assert colleague.fill({"act": "remove"}).status_code == 422  # it is not the one that the page showed
    with world.app.extensions["escala_database"].reading() as session:
        assert session.scalars(select(OwedCompaction)).all()  # also out of the files
    send(manager, address, photograph())
    with world.app.extensions["escala_database"].writing() as session:
        account = find_account(session, "administrator@example.com")
        assert account
        delete_team(
            session,
            organisation_id=world.organisation,
            team_id=world.team,
            typed="Mesa de ayuda",
            user_id=account.id,
            now=utc_now(),
        )
    assert kept(world) == []


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', "Envíe un archivo JPEG o PNG."),
        (b"GIF89a" + photograph()[6:], "Envíe un archivo JPEG o PNG."),
        (b"\x00\x00\x00\x18ftypheic" + bytes(100), "(HEIC) no se recibe"),
        (photograph()[:3000], "Envíe un archivo JPEG o PNG."),
        (bytes(PHOTOGRAPH_BYTES + 1), "de 1,8 MB y 25 millones de píxeles como máximo."),
        (picture(size=(6_000, 5_000), mode="L", colour=9), "de 1,8 MB y 25 millones de píxeles como máximo."),
        (b"", "Elija una fotografía."),
    ],
    ids=["svg", "gif", "heic", "cut off", "large", "many pixels", "empty"],
)
def test_what_is_no_photograph_is_refused_with_a_sentence(
    world: World, address: str, sent: bytes, sentence: str
) -> None:
    manager = world.client("manager", "es")
    answer = send(manager, address, sent) if sent else (manager.get(f"{address}/plan/signed"), manager.fill({}))[1]
    assert answer.status_code == 422
    assert sentence in manager.page.text
    assert kept(world) == []


def test_a_picture_that_is_also_a_page_is_only_a_picture(world: World, address: str) -> None:
    """The attack: a file that is a JPEG and HTML, opened under our address."""
    manager = world.client("manager", "es")
    page = b"<script>alert(1)</script>"
    ends = photograph(comment=page)
    send(manager, address, ends)
    shown = manager.get(f"{address}/plan/signed/photograph")
    assert page not in shown.data
    assert shown.headers["X-Content-Type-Options"] == "nosniff"


def test_the_closing_sheet_is_reached_from_the_plan_and_prints_as_many_lines_as_wanted(
    world: World, address: str
) -> None:
    manager = world.client("manager", "en")
    manager.get(f"{address}/plan")
    assert f"{address}/plan/signed" in manager.page.links
    manager.get(f"{address}/plan/signed")
    if manager.page.text.count("Something is still missing"):
        manager.get(f"{address}/plan")
        press(manager, "save")
    for lines in ("", "40", "-3", "9" * 9):
        answer = manager.get(f"{address}/plan/closing-sheet.pdf?language=es&paper=a4&lines={lines}")
        assert answer.status_code == 200
        assert answer.data.startswith(b"%PDF-")
        assert "lo-que-prometimos-mesa-de-ayuda" in answer.headers["Content-Disposition"]
