"""A shared plan carries its address on page 1, as a code and in letters; no other plan does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import segno

from assessment.infra.languages import Paper
from reports.action_plan.build import build_pdf
from reports.engine.qr import QUIET_ZONE
from tests.reports.pdfs import pages_of, pictures_of, structure_of
from tests.reports.plans import LOCALES, Sample

LINK = "https://escala.example.org/p/iRQ3cBxzU8nq0W2rTtKm_g"
DOTS = 200
"""An inch."""


def print_shared(path: Path, locale: str = "es-CO", paper: Paper = "letter", link: str = LINK) -> None:
    sample = Sample("divided", locale, paper)
    path.write_bytes(build_pdf(replace(sample.source, link=link), sample.reader))


@pytest.mark.parametrize("paper", ["a4", "letter"])
@pytest.mark.parametrize("locale", LOCALES)
def test_page_one_says_where_the_plan_is_read(tmp_path: Path, locale: str, paper: Paper) -> None:
    path = tmp_path / "plan.pdf"
    print_shared(path, locale, paper)
    first, *others = pages_of(path)
    words = {"es": "Lea este plan en su teléfono", "en": "Read this plan on your phone"}[locale[:2]]
    assert words in " ".join(first.split())
    assert LINK.removeprefix("https://") in first.replace(" ", "").replace("\n", "")
    assert not any("/p/" in page for page in others)


def test_a_plan_that_is_not_shared_carries_no_address(tmp_path: Path) -> None:
    path = tmp_path / "plan.pdf"
    print_shared(path, link="")
    assert "/p/" not in pages_of(path)[0]
    assert not [alt for alt in _alternatives(path) if "QR" in alt]


def test_the_code_is_read_aloud_as_its_address(tmp_path: Path) -> None:
    path = tmp_path / "plan.pdf"
    print_shared(path)
    assert [alt for alt in _alternatives(path) if "QR" in alt] == [f"Código QR de la dirección {LINK}"]


@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_the_code_on_paper_is_the_one_of_the_address(tmp_path: Path, paper: Paper) -> None:
    path = tmp_path / "plan.pdf"
    print_shared(path, paper=paper)
    picture = pictures_of(path, DOTS)[0]
    matrix = [list(row) for row in segno.make(LINK, error="m", micro=False).matrix]
    size = len(matrix)
    right, code = range(picture.width - _dots(40), picture.width), _dots(20)
    first = next(y for y in range(picture.height) if min(picture.rows[y][right.start :]) < 128)
    dark = [(x, y) for y in range(first, first + code) for x in right if picture.rows[y][x] < 128]
    left, top = min(x for x, _y in dark), min(y for _x, y in dark)
    width = max(x for x, _y in dark) + 1 - left
    step = width / size
    assert step * (size + 2 * QUIET_ZONE) / DOTS * 25.4 > 18, "large enough for a phone at the wall"
    seen = [
        [int(picture.rows[round(top + (y + 0.5) * step)][round(left + (x + 0.5) * step)] < 128) for x in range(size)]
        for y in range(size)
    ]
    assert seen == matrix


def _dots(millimetres: float) -> int:
    return round(millimetres / 25.4 * DOTS)


def _alternatives(path: Path) -> list[str]:
    return [str(element["/Alt"]) for element in structure_of(path) if "/Alt" in element]
