"""Slides, opened again with the library that office programs' files are read with: figures, words, room, secrets."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from PIL import Image
from pptx import Presentation
from pptx.util import Inches

from assessment.catalogue.catalogue import load_action_library
from assessment.domain.plans.choices import ActionStatus
from assessment.domain.plans.outcomes import FinishedAction
from assessment.domain.since import Since
from assessment.domain.texts import Text
from assessment.infra.languages import Localisation
from assessment.services.print_plan import PrintOptions, plan_source
from assessment.services.score_responses import read_files
from reports.action_plan.source import PlanSource
from reports.slides.build import build_slides
from reports.slides.fit import lines_of, width_of
from reports.slides.source import SlidesSource, TakenAction, Talk
from tests.reports.plans import DAY, Sample
from tests.services.files import people, save

SAMPLES = [
    Sample("desk", "es-CO"),
    Sample("excellent", "en-US"),
    Sample("long", "es-CO"),
    Sample("poor", "en-US"),
    Sample("consensus", "es-CO"),
]
"""Two rounds, high and low scores, long names, and agreed answers."""
ENGLISH = Localisation("en", "US")
every_sample = pytest.mark.parametrize("sample", SAMPLES, ids=str)
SMALLEST = 12
"""Points: what a footer may have."""


def logo() -> bytes:
    picture = io.BytesIO()
    Image.new("RGB", (300, 100), "#336699").save(picture, "PNG")
    return picture.getvalue()


def source_of(plan: PlanSource, reader: Localisation, **values: Any) -> SlidesSource:
    library, actions = load_action_library(), []
    talks = [(pillar.result.pillar, library.conversation(pillar.result.pillar)) for pillar in plan.plan.pillars]
    for at, planned in enumerate(plan.plan.actions):
        status = list(ActionStatus)[at % 4]
        actions.append(
            TakenAction("Avisos", planned.action.title, planned.action.owner, planned.due_on, status, is_late=at == 1)
        )
    given: dict[str, Any] = {
        "shown": plan,
        "organisation": plan.organisation,
        "round_name": "Noviembre 2026",
        "published_on": DAY,
        "accent": "#7a1f5c",
        "minimum_group": plan.minimum_group,
        "logo": logo(),
        "talks": tuple(Talk(pillar, one.title, one.what, one.first_step) for pillar, one in talks if one),
        "actions": tuple(actions),
    }
    return SlidesSource(**(given | values))


@cache
def file_of(sample: Sample) -> bytes:
    return build_slides(source_of(sample.source, sample.reader), sample.reader)


def slides_of(file: bytes) -> list[Any]:
    return list(Presentation(io.BytesIO(file)).slides)


def words_of(slide: Any) -> str:
    parts = []
    for shape in slide.shapes:
        if shape.has_text_frame:
            parts.append(shape.text_frame.text)
        if shape.has_table:
            parts += [cell.text for row in shape.table.rows for cell in row.cells]
    return "\n".join(parts)


def charts_of(file: bytes) -> Iterator[Any]:
    for slide in slides_of(file):
        yield from (shape.chart for shape in slide.shapes if shape.has_chart)


def cells_of(chart: Any) -> list[list[object]]:
    """All that the workbook behind a chart holds, on all of its sheets."""
    book = openpyxl.load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob))
    assert all(sheet.sheet_state == "visible" for sheet in book.worksheets)
    assert len(book.worksheets) == 1
    return [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]


@every_sample
def test_the_charts_hold_the_released_figures_and_nothing_else(sample: Sample) -> None:
    result = sample.source.result
    pillars, *others = charts_of(file_of(sample))
    assert list(pillars.plots[0].series[0].values) == [pillar.mean for pillar in result.pillars]
    ladder = others[-1]
    assert list(ladder.plots[0].series[0].values) == [point.median for point in result.ladder]
    for chart in (pillars, *others):
        assert all(one.data_labels.show_value for one in chart.plots[0].series), "also beside labels of their own"
        names = [str(name) for name in chart.plots[0].categories]
        series = [(one.name, list(one.values)) for one in chart.plots[0].series]
        head, *rows = cells_of(chart)
        assert head == [None, *(name for name, _values in series)]
        assert [row[0] for row in rows] == names
        assert [list(row[1:]) for row in rows] == [list(row) for row in zip(*(v for _n, v in series), strict=True)]


@every_sample
def test_each_slide_is_whole_and_fits(sample: Sample) -> None:
    """A title, notes, letters that can be read, words within their boxes, boxes on the slide, no empty placeholder."""
    presentation = Presentation(io.BytesIO(file_of(sample)))
    width, height = presentation.slide_width, presentation.slide_height
    assert round(width / height, 2) == 1.78
    slides = list(presentation.slides)
    assert 9 <= len(slides) <= 18
    for number, slide in enumerate(slides, start=1):
        assert slide.shapes.title.text_frame.text
        assert len(slide.notes_slide.notes_text_frame.text) > 40
        for shape in slide.shapes:
            assert shape.left >= 0
            assert shape.top >= 0
            assert shape.left + shape.width <= width + 9525
            assert shape.top + shape.height <= height + 9525
            if shape.is_placeholder:
                assert shape.text_frame.text
            if shape.has_text_frame:
                check_room(shape, number)
            if shape.has_table:
                assert shape.top + sum(row.height for row in shape.table.rows) <= Inches(6.95)
                sizes = {
                    run.font.size.pt for cell in shape.table.iter_cells() for run in cell.text_frame.paragraphs[0].runs
                }
                assert min(sizes) >= 14
            if shape.has_chart or shape.has_table:
                assert shape._element.nvGraphicFramePr.cNvPr.get("descr")


def check_room(shape: Any, number: int) -> None:
    tall = 0.0
    for paragraph in shape.text_frame.paragraphs:
        for run in paragraph.runs:
            size = run.font.size.pt
            assert size >= SMALLEST
            tall += lines_of(run.text, size, shape.width / Inches(1)) * size * 1.2 / 72
    assert tall <= shape.height / Inches(1) + 0.25, (number, shape.text_frame.text)


@every_sample
def test_the_words_are_those_of_the_page_and_in_one_language(sample: Sample) -> None:
    source, reader = sample.source, sample.reader
    slides = slides_of(file_of(sample))
    text = "\n".join(map(words_of, slides))
    for planned in source.plan.pillars:
        assert reader.text(source.questionnaire.pillars_by_id[planned.result.pillar].name) in text
    for action in source.plan.actions:
        assert reader.text(action.action.title) in text
    assert ("Nuestro plan" in text, "Our plan" in text) == (reader.language == "es", reader.language == "en")
    spoken = "\n".join(slide.notes_slide.notes_text_frame.text for slide in slides)
    assert ("Dé la bienvenida" in spoken) == (reader.language == "es")
    names = [str(name) for name in next(charts_of(file_of(sample))).plots[0].categories]
    assert len(names) == len(source.questionnaire.pillars)


def test_in_a_second_round_it_is_said_what_moved_and_what_is_not_sure() -> None:
    text = "\n".join(map(words_of, slides_of(file_of(SAMPLES[0]))))
    for words in ("Qué cambió desde la ronda anterior", "Primero, lo que es distinto:", "↑ Subieron", "No está claro"):
        assert words in text
    done = FinishedAction(Text("Café", "Coffee"), "language", is_point=False, finished_on=None)
    shown = replace(SAMPLES[0].source, since=Since(round_name="First", done=(done,)))
    told = "\n".join(map(words_of, slides_of(build_slides(source_of(shown, ENGLISH), ENGLISH))))
    assert re.search(r"What was done: “\W*Coffee", told)
    first = "\n".join(map(words_of, slides_of(file_of(SAMPLES[2]))))
    assert "Qué cambió" not in first


def test_owners_that_are_proposed_are_in_italics_as_the_note_says() -> None:
    sample = SAMPLES[1]
    source = source_of(sample.source, sample.reader)
    first, *others = source.actions
    slides = slides_of(
        build_slides(replace(source, actions=(replace(first, has_proposed_owner=True), *others)), ENGLISH)
    )
    [plan] = [shape.table for slide in slides for shape in slide.shapes if shape.has_table][-1:]
    italic = [
        [cell.text_frame.paragraphs[0].runs[0].font.italic for cell in plan.rows[at].cells]
        for at in range(1, len(plan.rows))
    ]
    assert italic[0] == [None, True, None, None]
    assert not any(one for row in italic[1:] for one in row)


def test_charts_are_written_and_told_as_the_reader_sees_them() -> None:
    for sample, place in ((SAMPLES[0], "[$-240A]"), (SAMPLES[1], "[$-409]")):
        pillars, *_others, ladder = charts_of(file_of(sample))
        for chart, written in ((pillars, f"{place}0.0"), (ladder, f"{place}General")):
            assert chart.plots[0].series[0].data_labels.number_format == written
        [spoken] = [
            slide.notes_slide.notes_text_frame.text
            for slide in slides_of(file_of(sample))
            if any(shape.has_chart and shape.chart.part is ladder.part for shape in slide.shapes)
        ] or [""]
        assert "dot" not in spoken
        assert "punto es" not in spoken
    spoken = "\n".join(slide.notes_slide.notes_text_frame.text for slide in slides_of(file_of(SAMPLES[0])))
    assert "El largo de cada barra, de 0 a 6," in spoken
    assert "La barra gris de abajo" in spoken


def test_what_is_withheld_is_in_no_chart_and_it_is_said_why(tmp_path: Path) -> None:
    others = {"voice": 5, "language": 1}
    rows = people([3, 4] * 4, others=others | {"vision": ""}) + people([3, 4] * 2, others=others)
    files = read_files(save(tmp_path / "now.csv", rows, ()))
    plan = plan_source(files, "Soporte", ENGLISH, PrintOptions(printed_on=DAY))
    assert plan.result.pillar("vision").is_withheld
    file = build_slides(source_of(plan, ENGLISH), ENGLISH)
    chart = next(charts_of(file))
    drawn = dict(zip(map(str, chart.plots[0].categories), chart.plots[0].series[0].values, strict=True))
    [vision] = [name for name in drawn if "vision" in name.lower()]
    assert drawn[vision] is None
    assert "Too few answers" in vision
    assert [row[1] for row in cells_of(chart) if row[0] == vision] == [None]
    said = words_of(slides_of(file)[1])
    assert re.search(r"Not shown, since too few people could answer: “[^”]*vision[^”]*”", said, re.IGNORECASE)
    points = [point.data_label for point in chart.plots[0].series[0].points]
    labels = [label.text_frame.text for label in points if label.has_text_frame]
    assert labels == ["1.2 or less", "4.8 or more"], "an end of the scale is told as a bound only"


def test_the_same_content_gives_the_same_bytes_without_names_times_or_leftovers() -> None:
    sample = SAMPLES[0]
    source = source_of(sample.source, sample.reader)
    file = build_slides(source, sample.reader)
    assert file == file_of(sample)
    with zipfile.ZipFile(io.BytesIO(file)) as packed:
        names = packed.namelist()
        assert {entry.date_time for entry in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert not [name for name in names if "thumbnail" in name or "printer" in name]
        texts = {name: packed.read(name).decode() for name in names if name.endswith((".xml", ".rels"))}
    assert not any("Canny" in text for text in texts.values())
    assert len([name for name in names if "slideLayout" in name and name.endswith(".xml")]) == 1
    about = Presentation(io.BytesIO(file)).core_properties
    assert (about.author, about.last_modified_by, about.language) == ("Escala", "", "es-CO")
    assert about.created.date() == DAY
    assert "7A1F5C" in texts[next(name for name in names if "theme1" in name)]


def test_names_that_look_like_formulas_or_tags_stay_words(tmp_path: Path) -> None:
    sample = SAMPLES[2]
    names = {point: f'=HYPERLINK("http://x.test/{at}")' for at, point in enumerate(sample.source.point_names)}
    plan = replace(sample.source, point_names=names, organisation="<b>&\x0b=1+1")
    file = build_slides(source_of(plan, ENGLISH, round_name="=2+2"), ENGLISH)
    for chart in charts_of(file):
        for row in cells_of(chart)[1:]:
            assert not str(row[0]).startswith("=")
    assert "<b>&" in words_of(slides_of(file)[0])


@pytest.mark.parametrize("name", ["", "Faro Consultores", "W" * 60, "<b>شركة</b> =1+1"])
@pytest.mark.parametrize("language", ["es", "en"])
def test_who_accompanies_stands_small_on_the_first_and_the_last_slide(name: str, language: str) -> None:
    sample, reader = SAMPLES[2], {"es": Localisation("es", "CO"), "en": ENGLISH}[language]
    slides = slides_of(build_slides(source_of(sample.source, reader, accompanied_by=name), reader))
    without = slides_of(file_of(sample)) if reader == sample.reader else slides
    assert len(slides) == len(without)
    words = {"es": "Con el acompañamiento de", "en": "Accompanied by"}[language]
    said = [words in words_of(slide) for slide in slides]
    assert said == [bool(name) and at in (0, len(slides) - 1) for at in range(len(slides))]
    for at in (0, -1) if name else ():
        [shape] = [one for one in slides[at].shapes if one.has_text_frame and words in one.text_frame.text]
        assert name in shape.text_frame.text
        assert shape.text_frame.paragraphs[0].runs[0].font.size.pt <= 14
        check_room(shape, at)


def test_letters_are_measured_on_the_safe_side() -> None:
    assert width_of("Servicio", 20) > 0.9
    assert lines_of("uno dos tres", 20, 20) == 1
    assert lines_of("Atención " * 40, 20, 5) >= 10
    assert lines_of("a" * 200, 20, 2) > 10
