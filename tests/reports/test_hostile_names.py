"""Names can be anything: very long, in other scripts, or made of markup."""

from __future__ import annotations

import csv
import unicodedata
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from assessment.domain.result import TeamResult
from assessment.infra.languages import Localisation
from reports.action_plan.build import build_context, build_html
from reports.action_plan.source import PlanSource
from reports.engine.pdf import render_pdf
from tests.reports.pdfs import MILLIMETRE, boxes_of, pages_of
from tests.reports.plans import Sample, kept_log

MARKUP = '<script>alert(1)</script><img src="http://127.0.0.1/x"> & "q" {{ 7 * 7 }} \'«»'
ENDLESS = "Departamentodeatencionintegralalusuarioyacompanamientopermanentealasfamilias"
ENGLISH = Localisation("en", "US")


def renamed(source: PlanSource, name: str) -> PlanSource:
    """The source with this name for team, organisation and every point."""
    result: TeamResult = replace(source.result, team=name)
    return replace(
        source,
        result=result,
        plan=replace(source.plan, team=name),
        organisation=name,
        point_names=dict.fromkeys(source.point_names, name),
    )


class Tags(HTMLParser):
    """Collects the tags and attributes of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attributes)))


def html_of(source: PlanSource) -> str:
    return build_html(build_context(source, ENGLISH), ENGLISH)


def tags_of(html: str) -> list[tuple[str, dict[str, str | None]]]:
    parser = Tags()
    parser.feed(html)
    return parser.seen


def test_markup_in_a_name_stays_text() -> None:
    source = Sample("desk").source
    plain, hostile = tags_of(html_of(renamed(source, "Name"))), tags_of(html_of(renamed(source, MARKUP)))
    assert [tag for tag, _ in hostile if tag not in {"text", "svg"}] == [
        tag for tag, _ in plain if tag not in {"text", "svg"}
    ]
    assert "7 * 7" in html_of(renamed(source, MARKUP))
    assert not any(tag in {"script", "img", "iframe"} for tag, _ in hostile)


def test_a_page_has_no_style_attribute_and_no_address_of_another_machine() -> None:
    for tag, attributes in tags_of(html_of(Sample("desk").source)):
        assert "style" not in attributes, tag
        assert not str(attributes.get("href", attributes.get("src", ""))).startswith(("http", "//"))


def is_latin(letter: str) -> bool:
    """Whether the bundled fonts have this letter: then it is printed on every machine."""
    return not letter.isalpha() or unicodedata.name(letter).startswith("LATIN")


def missing(letter: str) -> str:
    """What is logged on a machine where no font has this letter, which is then printed as a box."""
    return (
        f'weasyprint: .notdef glyph rendered for Unicode string unsupported by fonts: "{letter}" (U+{ord(letter):04X})'
    )


@pytest.mark.parametrize(
    "name",
    [MARKUP, ENDLESS, "Équipe Ñandú – Łódź, Žďár, İzmir", "А" * 5 + " отдел 客服 فريق"],
    ids=["markup", "endless", "latin", "other scripts"],
)
def test_any_name_is_printed_within_the_page(name: str, tmp_path: Path) -> None:
    path = tmp_path / "plan.pdf"
    with kept_log() as logged:
        path.write_bytes(render_pdf(html_of(renamed(Sample("desk").source, name))))
    assert set(logged) <= {missing(letter) for letter in name if not is_latin(letter)}
    assert 4 <= len(pages_of(path)) <= 9
    # Every letter can be read, also one without a font: none escapes what follows, nor those who have it read to them.
    assert set(name) <= {" ", *"".join(pages_of(path))}
    for page in boxes_of(path):
        for word in page.words:
            assert word.left >= 14 * MILLIMETRE
            assert word.right <= page.width - 14 * MILLIMETRE


def test_a_plan_is_a_pure_function_of_its_source() -> None:
    source = Sample("large").source
    first, second = build_context(source, ENGLISH), build_context(source, ENGLISH)
    assert first == second
    assert build_html(first, ENGLISH) == build_html(second, ENGLISH)


def test_the_names_of_the_examples_are_those_of_the_file(examples: Path) -> None:
    with (examples / "equipos.csv").open(encoding="utf-8") as file:
        teams = {row["team"] for row in csv.DictReader(file, delimiter=";")}
    assert {
        Sample(name).source.plan.team
        for name in ("small", "large", "poor", "excellent", "divided", "consensus", "long")
    } == teams


def test_a_name_read_from_the_right_turns_nothing_beside_it() -> None:
    """A date or a number after such a name would be read before it."""
    source = renamed(Sample("desk").source, "فريق الخدمة")
    html = html_of(source)
    assert "<title>Service action plan · فريق الخدمة</title>" in html
    assert "\u2068فريق الخدمة\u2069 · " in html
    assert "\u2068" not in html_of(renamed(source, "Atención (Café)"))


def test_what_no_font_can_print_is_told_sign_by_sign() -> None:
    nowhere = "\U000f1234"  # for private use: no font has a sign for it
    signs: list[str] = []
    render_pdf(html_of(renamed(Sample("desk").source, f"Ventas {nowhere}")), signs.append)
    assert set(signs) == {nowhere}
