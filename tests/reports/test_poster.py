"""The poster: what it says, to people, cameras and screen readers."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pypdf
import pytest
import segno

from assessment.infra.languages import Localisation, Paper
from reports.engine.qr import QUIET_ZONE, qr_code
from reports.poster.build import PosterSource, build_context, build_html, build_pdf, build_posters_pdf
from tests.reports.pdfs import MILLIMETRE, boxes_of, catalogue_of, fonts_of, pages_of, pictures_of, structure_of
from tests.reports.plans import LONG_NAME, kept_log

SPANISH, ENGLISH = Localisation("es", "CO"), Localisation("en", "GB")
LINK = "http://192.168.1.20:8000/r/Ab1lI0OoQz-_x9Kq2mNpTw"
SOURCE = PosterSource(
    organisation="Clínica del Valle",
    team="Mesa de ayuda",
    round="Ronda de noviembre",
    link=LINK,
    minutes=9,
    minimum_group=6,
    opens="",
    until="28 de noviembre de 2026",
    accent="#0b6b6b",
)
HOSTILE = [
    LONG_NAME + " · " + LONG_NAME[:17],
    "<script>alert('x')</script><img src=x onerror=y>",
    "خدمة العملاء في المستشفى",
    "פניות הציבור 12",
    "W" * 120,
    "Équipe & Söhne “A” {{ 7 * 7 }}",
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "poster.pdf"


@pytest.mark.parametrize(
    ("reader", "words"),
    [
        (
            SPANISH,
            [
                "Mesa de ayuda · Clínica del Valle", "Ronda de noviembre", "¿Cómo es nuestro servicio?",
                "Unos 9 minutos",
                "solo si responden 6 personas o más", "Hasta el 28 de noviembre de 2026", "Apunte la cámara",
            ],
        ),
        (
            ENGLISH,
            [
                "How good is our service?", "About 9 minutes", "only if 6 people or more have answered",
                "Until 28 de noviembre de 2026", "Point your phone's camera",
            ],
        ),
    ],
)  # fmt: skip
def test_a_poster_says_who_asks_how_long_it_takes_and_what_is_promised(
    path: Path, reader: Localisation, words: list[str]
) -> None:
    with kept_log() as logged:
        path.write_bytes(build_pdf(SOURCE, reader))
    assert logged == []
    (page,) = pages_of(path)
    for expected in words:
        assert expected in page
    assert LINK.removeprefix("http://") in page.replace(" ", "")
    assert catalogue_of(path)["/Lang"] == reader.tag
    metadata = pypdf.PdfReader(path).metadata
    assert metadata is not None
    assert "Mesa de ayuda" in str(metadata.title)
    assert all("/FontFile2" in font or "/FontFile3" in font for font in fonts_of(path).values())


def test_a_poster_is_read_aloud_in_order_and_its_code_has_a_text(path: Path) -> None:
    path.write_bytes(build_pdf(SOURCE, SPANISH))
    assert b"pdfuaid" in path.read_bytes() or "/MarkInfo" in catalogue_of(path)
    elements = list(structure_of(path))
    kinds = [str(element["/S"]) for element in elements]
    assert kinds.index("/H1") < kinds.index("/Figure")
    (figure,) = [element for element in elements if element["/S"] == "/Figure"]
    assert figure["/Alt"] == f"Código QR de la dirección {LINK}"


def test_the_code_on_paper_is_the_one_of_the_link(path: Path) -> None:
    path.write_bytes(build_pdf(SOURCE, SPANISH))
    (picture,) = pictures_of(path, 200)
    matrix = [list(row) for row in segno.make(LINK, error="m", micro=False).matrix]
    size = len(matrix)
    # It begins with the top of a finder pattern: seven dark modules.
    side = round(95 / (size + 2 * QUIET_ZONE) * size * 200 / 25.4)
    left = (picture.width - side) // 2
    step = side / size
    inside = slice(left + round(step / 2), left + round(6.5 * step))
    top = next(y for y, row in enumerate(picture.rows) if max(row[inside]) < 60)
    seen = [
        [int(picture.rows[round(top + (y + 0.5) * step)][round(left + (x + 0.5) * step)] < 128) for x in range(size)]
        for y in range(size)
    ]
    assert seen == matrix


def test_a_code_is_drawn_module_by_module() -> None:
    matrix = [list(row) for row in segno.make(LINK, error="m", micro=False).matrix]
    drawn = [[0] * len(matrix) for _ in matrix]
    for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", qr_code(LINK, "x")):
        for at in range(int(width)):
            drawn[int(y) - QUIET_ZONE][int(x) - QUIET_ZONE + at] = 1
    assert drawn == matrix


@pytest.mark.parametrize("paper", ["a4", "letter"])
@pytest.mark.parametrize("reader", [SPANISH, ENGLISH], ids=["es", "en"])
@pytest.mark.parametrize("name", HOSTILE)
def test_names_of_any_kind_leave_one_page_within_its_margins(
    path: Path, name: str, reader: Localisation, paper: Paper
) -> None:
    until = "28 de noviembre de 2026, 14:30 (hora estándar de Colombia)"
    source = dataclasses.replace(
        SOURCE, team=name, organisation=name, round=name, paper=paper, opens=until, until=until,
        link="https://una-direccion-bastante-larga.ejemplo-de-organizacion.example.org:8443/r/Ab1lI0OoQz-_x9Kq2mNpTw",
    )  # fmt: skip
    with kept_log() as logged:
        path.write_bytes(build_pdf(source, reader))
    assert logged == []
    (page,) = boxes_of(path)
    for word in page.words:
        assert word.left >= 14 * MILLIMETRE
        assert word.right <= page.width - 14 * MILLIMETRE
    assert "<script>" not in build_html(build_context(source, reader), reader)


def test_a_poster_is_printed_in_grey_without_losing_anything(path: Path) -> None:
    """A pale accent colours only a stripe: no word depends on it."""
    path.write_bytes(build_pdf(dataclasses.replace(SOURCE, accent="#ffee99"), SPANISH))
    (page,) = pages_of(path)
    assert "¿Cómo es nuestro servicio?" in page
    html = build_html(build_context(SOURCE, SPANISH), SPANISH)
    assert html.count("var(--accent)") == 0


def test_a_round_without_a_last_day_says_that_it_is_open(path: Path) -> None:
    context = build_context(dataclasses.replace(SOURCE, until=""), ENGLISH)
    assert context.facts[2].title == "Open now"
    scheduled = build_context(dataclasses.replace(SOURCE, opens="Monday"), ENGLISH)
    assert scheduled.facts[2].title == "From Monday"
    assert SOURCE.until in scheduled.facts[2].words


def test_the_paper_is_the_countrys_unless_another_is_asked_for(path: Path) -> None:
    for source, reader, height in (
        (SOURCE, SPANISH, 792), (SOURCE, ENGLISH, 841.89), (dataclasses.replace(SOURCE, paper="a4"), SPANISH, 841.89)
    ):  # fmt: skip
        path.write_bytes(build_pdf(source, reader))
        assert boxes_of(path)[0].height == pytest.approx(height, abs=0.5)


@pytest.mark.parametrize("reader", [SPANISH, ENGLISH])
@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_posters_of_several_teams_are_one_file_with_a_page_each(path: Path, reader: Localisation, paper: Paper) -> None:
    sources = [
        dataclasses.replace(SOURCE, team=name, link=f"{LINK[:-2]}{at:02}", paper=paper)
        for at, name in enumerate(["Mesa de ayuda", *HOSTILE])
    ]
    with kept_log() as logged:
        path.write_bytes(build_posters_pdf(sources, "Carteles", reader))
    assert logged == []
    pages = pages_of(path)
    assert len(pages) == len(sources)
    for at, page in enumerate(pages):
        assert f"{LINK[-8:-2]}{at:02}" in page.replace(" ", "").replace("\n", "")
    assert catalogue_of(path)["/Lang"] == reader.tag
