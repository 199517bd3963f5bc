"""HTML and PDF: what a document may ask for, and what it may not."""

from __future__ import annotations

import base64
import re
import unicodedata
from pathlib import Path

import jinja2
import pytest
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

from assessment.infra.languages import Localisation
from reports.engine.errors import MissingFile
from reports.engine.html import render_html
from reports.engine.pdf import ForbiddenResource, render_pdf
from tests.conftest import ROOT
from tests.reports.pdfs import fonts_of
from tests.reports.plans import kept_log

PAGE = '<!doctype html><html lang="en"><head><title>A page</title>{}</head><body><h1>A page</h1>{}</body></html>'
DOT = base64.b64encode(
    b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><circle cx="4" cy="4" r="4"/></svg>'
).decode()


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1/logo.png", "https://example.org/logo.png", "ftp://example.org/logo.png",
        "file:///etc/hostname", "../pyproject.toml", "../../etc/hostname", "fonts/../../LICENSE",
        "//example.org/logo.png",
    ],
)  # fmt: skip
@pytest.mark.parametrize("place", ["image", "style", "font"])
def test_a_document_reaches_neither_the_network_nor_files_outside_its_folder(url: str, place: str) -> None:
    html = {
        "image": PAGE.format("", f'<img src="{url}" alt="x">'),
        "style": PAGE.format(f'<link rel="stylesheet" href="{url}">', ""),
        "font": PAGE.format(
            f'<style>@font-face {{ font-family: x; src: url("{url}"); }} h1 {{ font: 9pt x; }}</style>', ""
        ),
    }[place]
    with pytest.raises(ForbiddenResource):
        render_pdf(html)


def test_fonts_and_styles_of_its_own_and_embedded_pictures_are_allowed() -> None:
    with kept_log() as logged:
        pdf = render_pdf(
            PAGE.format(
                '<link rel="stylesheet" href="engine/print.css">',
                f'<img src="data:image/svg+xml;base64,{DOT}" alt="A dot">',
            )
        )
    assert logged == []
    assert pdf.startswith(b"%PDF-")


def test_a_font_is_asked_for_all_that_it_has_but_combining_marks() -> None:
    css = (ROOT / "reports/engine/print.css").read_text("utf-8")
    asked = re.findall(r'url\("(fonts/[^"]+-latin-\d+-\w+\.woff)"\); unicode-range: ([^;]+);', css)
    assert len(asked) == 4
    for path, ranges in asked:
        letters = TTFont(ROOT / "reports/engine" / path).getBestCmap()
        assert {
            letter
            for first, last in re.findall(r"U\+(\w+)(?:-(\w+))?", ranges)
            for letter in range(int(first, 16), int(last or first, 16) + 1)
        } == {letter for letter in letters if not unicodedata.combining(chr(letter))}, path


def test_letters_of_the_further_fonts_are_as_bold_as_those_beside_them(tmp_path: Path) -> None:
    path = tmp_path / "page.pdf"
    path.write_bytes(
        render_pdf(PAGE.format('<link rel="stylesheet" href="engine/print.css">', "<h3>Łódź</h3><p>Łódź</p>"))
    )
    assert {name.partition("+")[2] for name in fonts_of(path)} == {
        "Source-Serif-4-Semi-Bold",
        *("Source-Sans-Semi-Bold", "Source-Sans-Ext-Semi-Bold"),
        *("Source-Sans", "Source-Sans-Ext"),
    }


def test_a_missing_file_of_its_own_is_an_error_and_not_a_hole_in_the_page() -> None:
    with pytest.raises(MissingFile, match=r"nothing\.css"):
        render_pdf(PAGE.format('<link rel="stylesheet" href="engine/nothing.css">', ""))


def test_a_template_without_a_value_is_an_error() -> None:
    with pytest.raises(jinja2.UndefinedError):
        render_html("action_plan/document.html", Localisation("es"))


def test_a_template_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(jinja2.TemplateNotFound):
        render_html("../pyproject.toml", Localisation("es"))
