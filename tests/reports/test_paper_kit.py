"""The paper kit: every question is on its sheets, and they are as many pages as somebody expects to cut and copy."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assessment.catalogue.catalogue import load_facilitation, load_questionnaire, load_team_kinds
from assessment.infra.languages import Localisation, localisation
from reports.paper_kit.build import KitSource, Sheet, build_pdf
from tests.reports.pdfs import catalogue_of, pages_of
from tests.reports.plans import kept_log

PAGES = {Sheet.QUESTIONNAIRE: 4, Sheet.CARDS: 6, Sheet.BALLOTS: 1, Sheet.LADDER: 1, Sheet.GUIDE: 4, Sheet.CLOSING: 1}
MOST_POINTS = max(load_team_kinds(), key=lambda kind: len(kind.points)).points


def source_for(reader: Localisation) -> KitSource:
    return KitSource(
        organisation="Clínica del Valle",
        team="Mesa de ayuda",
        points=tuple(reader.text(point.name) for point in MOST_POINTS),
        statements=load_questionnaire("service-culture"),
        rubrics=load_questionnaire("service-culture-rubrics"),
        accent="#0f766e",
        paper=reader.paper,
        facilitation=load_facilitation(),
        minimum_group=5,
        responsible="Clínica del Valle S. A.",
        contact="datos@clinica.example",
    )


def printed(source: KitSource, sheet: Sheet, reader: Localisation, folder: Path) -> tuple[list[str], Path]:
    path = folder / "sheet.pdf"
    with kept_log() as logged:
        path.write_bytes(build_pdf(source, sheet, reader))
    assert logged == []
    return [" ".join(page.split()) for page in pages_of(path)], path


@pytest.mark.parametrize("sheet", list(Sheet))
@pytest.mark.parametrize("tag", ["es-CO", "en-GB"])
def test_a_sheet_has_its_pages_its_language_and_a_title(tmp_path: Path, tag: str, sheet: Sheet) -> None:
    reader = localisation(tag)
    pages, path = printed(source_for(reader), sheet, reader, tmp_path)
    assert len(pages) == PAGES[sheet]
    assert catalogue_of(path)["/Lang"] == tag
    asked = load_questionnaire("service-culture" if sheet is Sheet.QUESTIONNAIRE else "service-culture-rubrics")
    text = " ".join(pages)
    if sheet in (Sheet.QUESTIONNAIRE, Sheet.CARDS):
        for group in asked.pillars_section.groups:
            assert reader.text(group.name) in text
            for words in [item.text for item in group.items] + [level for item in group.items for level in item.levels]:
                assert reader.text(words) in text
    if sheet is Sheet.GUIDE:
        front = pages[0]
        assert reader.text(load_facilitation().agendas[0].name) + ": " in front
        assert reader.text(asked.title) in front, "in 90 minutes a room votes on the descriptions"
    if sheet in (Sheet.QUESTIONNAIRE, Sheet.LADDER):
        for point in MOST_POINTS:
            assert reader.text(point.name) in text


def test_the_questionnaire_promises_on_paper_what_people_read_by_link(tmp_path: Path) -> None:
    for tag, said in (
        ("es-CO", ["sin resultados de menos de 5 personas", "Quien digita esta hoja ve lo que usted marcó y escribió",
                   "Puede dejar preguntas sin responder", "responsable de estas respuestas", "datos@clinica.example"]),
        ("en-GB", ["no results of fewer than 5 people", "Whoever types this sheet sees what you marked and wrote",
                   "You may leave questions unanswered", "responsible for these answers", "datos@clinica.example"]),
    ):  # fmt: skip
        reader = localisation(tag)
        for paper in ("letter", "a4"):
            (folder := tmp_path / f"{tag}-{paper}").mkdir()
            pages, _path = printed(replace(source_for(reader), paper=paper), Sheet.QUESTIONNAIRE, reader, folder)
            assert len(pages) == PAGES[Sheet.QUESTIONNAIRE]
            assert [words for words in said if words not in pages[0]] == []
    reader = localisation("en-GB")
    together = replace(source_for(reader), minimum_group=0, contact="")
    pages, _path = printed(together, Sheet.QUESTIONNAIRE, reader, tmp_path)
    assert "anonymous" not in pages[0]
    assert "Whoever hands out this sheet can show you the privacy notice." in pages[0]


@pytest.mark.parametrize("sheet", [Sheet.QUESTIONNAIRE, Sheet.CARDS, Sheet.LADDER, Sheet.CLOSING])
def test_the_longest_names_take_no_more_pages(tmp_path: Path, sheet: Sheet) -> None:
    reader = localisation("es-CO")
    point = "Entrega de los documentos y explicación de los pasos que siguen en la ventanilla"
    long = replace(source_for(reader), team="W" * 120, organisation="Compañía " * 13, points=(point,) * 12)
    pages, _path = printed(long, sheet, reader, tmp_path)
    assert len(pages) <= PAGES[sheet] + (sheet in (Sheet.QUESTIONNAIRE, Sheet.LADDER))
