"""Responses files as programs export them, written here in their shapes, for the questionnaire of the files beside."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import openpyxl

from assessment.catalogue.catalogue import parse_questionnaire
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.texts import Language
from tests.intake.build import csv_text

FILES = Path(__file__).with_name("files")
PEOPLE = 6
TEAM = "Atención al público"
POINTS = ("Primer contacto", "Diagnóstico")
Rows = list[list[str]]


def asked() -> Questionnaire:
    """What the files here answer: a questionnaire that stays as it is while the product's own is improved."""
    return parse_questionnaire((FILES / "questionnaire.yaml").read_bytes(), "service-culture")


class Export:
    """Headers and rows of one program: everybody answers 4 to each statement but the first, which they skip."""

    def __init__(self, questionnaire: Questionnaire, *, language: Language = "es") -> None:
        self.language = language
        self.items = [(item.id, item.text.in_language(language)) for item in questionnaire.items]
        self.question = questionnaire.scale.question.in_language(language)
        self.ladder_question = questionnaire.ladder.question.in_language(language)
        self.answer = questionnaire.scale.points[3].label.in_language(language)
        self.dont_know = questionnaire.scale.dont_know.in_language(language)
        self.step = questionnaire.ladder.steps[3].name.in_language(language)

    def rows(
        self,
        before: Sequence[tuple[str, str]] = (),
        team: str = "Equipo",
        item: Callable[[str, str], str] = lambda id_, text: text,
        point: Callable[[str], str] = lambda name: name,
        answers: tuple[str, str, str] | None = None,
        after: Sequence[tuple[str, str]] = (),
    ) -> Rows:
        """`answers`: how an answer, "I don't know" and a step are written."""
        answer, dont_know, step = answers or (self.answer, self.dont_know, self.step)
        header = [
            *(name for name, _ in before),
            team,
            *(item(id_, text) for id_, text in self.items),
            *map(point, POINTS),
            *(name for name, _ in after),
        ]
        rows = [
            [
                *(value.format(n=number) for _, value in before),
                TEAM,
                *([dont_know] + [answer] * (len(self.items) - 1)),
                *([step] * len(POINTS)),
                *(value for _, value in after),
            ]
            for number in range(1, PEOPLE + 1)
        ]
        return [header, *rows]


def csv_bytes(rows: Rows, separator: str = ",", encoding: str = "utf-8", newline: str = "\r\n") -> bytes:
    return csv_text(rows, separator).replace("\r\n", newline).encode(encoding)


def xlsx_bytes(rows: Rows, title: str = "Sheet1", *, more: Sequence[tuple[str, Rows]] = ()) -> bytes:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = title
    for row in rows:
        page.append([int(cell) if cell.isdigit() else cell or None for cell in row])
    for name, others in more:
        other = book.create_sheet(name)
        for row in others:
            other.append(row)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def zipped(files: dict[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return written.getvalue()
