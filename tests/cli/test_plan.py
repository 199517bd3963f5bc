"""`escala plan`: what it writes, and what it refuses before anything is written."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import pypdf
import pytest

from tests.cli.conftest import Escala
from tests.services.files import PILLARS, Person, people, save

A4, LETTER = (595, 842), (612, 792)


def first_page(path: Path) -> tuple[str, tuple[int, int]]:
    """The text of page 1 and its size in points."""
    page = pypdf.PdfReader(io.BytesIO(path.read_bytes())).pages[0]
    return " ".join(page.extract_text().split()), (round(page.mediabox.width), round(page.mediabox.height))


def test_the_plan_is_written_where_asked_and_its_path_is_printed(support: Path, tmp_path: Path, escala: Escala) -> None:
    out = tmp_path / "plan.pdf"
    answer = escala(
        "plan", support, "--team", "Soporte", "-o", out, "--organisation", " Cooperativa Río ", "--date", "2026-11-23",
        locale="es-CO",
    )  # fmt: skip
    assert (answer.code, answer.out) == (0, "")
    assert answer.messages[-1] == f"El plan está en {out}."
    text, size = first_page(out)
    assert "Soporte · Cooperativa Río · edición del 23 de noviembre de 2026" in text
    assert size == LETTER


def test_the_options_reach_the_document(support: Path, tmp_path: Path, escala: Escala) -> None:
    out = tmp_path / "plan.pdf"
    answer = escala(
        "plan", support, "--team", "Soporte", "--output", out, "--blank", "--paper", "a4", "--date", "2026-11-23",
        "--previous", support, "--minimum-group", "8",
    )  # fmt: skip
    assert answer.code == 0
    text, size = first_page(out)
    assert "November 23, 2026" in text
    assert "by hand" in text
    assert size == A4


def test_a_file_without_a_team_column_is_of_the_team_that_is_asked_for(
    support: Path, tmp_path: Path, escala: Escala
) -> None:
    named = escala("plan", support, "--team", "Soporte", "-o", tmp_path / "named.pdf")
    assert "was not used" not in named.err
    lines = (line.partition(",")[2] for line in support.read_text("utf-8").splitlines())
    support.write_text("\n".join(lines), encoding="utf-8")
    answer = escala("plan", support, "--team", "Soporte", "-o", tmp_path / "plan.pdf")
    assert answer.code == 0
    assert "all rows were read as the team “Soporte”" in answer.err


def test_signs_that_no_font_has_are_named(support: Path, tmp_path: Path, escala: Escala) -> None:
    support.write_text(support.read_text("utf-8").replace("Soporte", "Soporte \U000f1234"), encoding="utf-8")
    answer = escala("plan", support, "--team", "Soporte \U000f1234", "-o", tmp_path / "plan.pdf")
    assert answer.code == 0
    assert "the plan shows boxes in their place: \U000f1234." in answer.err
    plain = escala("plan", support, "--team", "Soporte \U000f1234", "-o", tmp_path / "plan.pdf", locale="es")
    assert "Ninguna fuente de esta computadora" in plain.err


def test_the_plan_is_of_today_where_no_day_is_given(support: Path, tmp_path: Path, escala: Escala) -> None:
    days = {dt.datetime.now().astimezone().date()}
    assert escala("plan", support, "--team", "Soporte", "-o", tmp_path / "plan.pdf").code == 0
    days.add(dt.datetime.now().astimezone().date())
    text, _ = first_page(tmp_path / "plan.pdf")
    assert any(f"{day:%B} {day.day}, {day.year}" in text for day in days)


def test_a_workshops_descriptions_are_planned_too(tmp_path: Path, escala: Escala) -> None:
    answers = ["Taller", *("2" if pillar == "voice" else "4" for pillar in PILLARS)]
    rows = [["team", *(f"{pillar}-rubric" for pillar in PILLARS)], *[answers] * 8]
    path, out = tmp_path / "rubrics.csv", tmp_path / "plan.pdf"
    path.write_text("\n".join(",".join(row) for row in rows), encoding="utf-8")
    assert escala("plan", path, "--questionnaire", "service-culture-rubrics", "--team", "Taller", "-o", out).code == 0
    assert "Priority 1 · today 2.0 · target 4.0 Voice of the customer" in first_page(out)[0]


# Refusals: nothing is written


@pytest.fixture
def refused(support: Path, tmp_path: Path, escala: Escala):
    """The messages of a plan that must be refused, in English and Spanish."""

    def run(*arguments: object, file: Path = support) -> tuple[str, str]:
        out = tmp_path / "plan.pdf"
        answers = [escala("plan", file, "-o", out, *arguments, locale=locale) for locale in ("en", "es")]
        assert [answer.code for answer in answers] == [2, 2]
        assert not out.exists()
        return answers[0].err, answers[1].err

    return run


@pytest.mark.parametrize("team", ["Ventas", "soporte", ""])
def test_an_unknown_team_is_refused_with_those_that_the_file_has(team: str, refused) -> None:
    english, spanish = refused("--team", team)
    assert f"The file has no team “{team}”; it has: “Soporte”." in english
    assert f"El archivo no tiene el equipo «{team}»; tiene: «Soporte»." in spanish


def test_too_few_answers_are_refused_with_advice(tmp_path: Path, refused) -> None:
    small = save(tmp_path / "small.csv", people([3] * 4))
    english, spanish = refused("--team", "Soporte", file=small)
    assert "“Soporte” has 4 scored answers and a plan needs 5" in english
    for remedy in ("invite more of the team", "single row with the role “consensus”", "lower --minimum-group"):
        assert remedy in english
    assert "«Soporte» tiene 4 respuestas válidas y un plan necesita 5" in spanish
    for remedy in ("invitar", "una única fila con el rol «consenso»", "bajar --minimum-group"):
        assert remedy in spanish


@pytest.mark.parametrize("role", ["consensus", "consenso", "Consenso"])
def test_the_remedy_of_one_agreed_sheet_works(role: str, tmp_path: Path, escala: Escala) -> None:
    path = save(tmp_path / "a.csv", [Person(3, {"voice": 2}, role=role)])
    assert escala("plan", path, "--team", "Soporte", "-o", tmp_path / "plan.pdf").code == 0


def test_a_lower_minimum_works_for_those_who_agree_to_be_recognisable(tmp_path: Path, escala: Escala) -> None:
    path = save(tmp_path / "a.csv", people([3, 2, 3]))
    assert escala("plan", path, "--team", "Soporte", "-o", tmp_path / "plan.pdf", "--minimum-group", 3).code == 0


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, refused) -> None:
    english, spanish = refused("--team", "Soporte", file=save(tmp_path / "bad.csv", people([9] * 5)))
    assert "Line 2, column D (“language-1”)" in english
    assert "Línea 2, columna D («language-1»)" in spanish


def test_a_plan_that_cannot_be_written_is_reported(support: Path, tmp_path: Path, escala: Escala) -> None:
    for out in (tmp_path, tmp_path / "no" / "plan.pdf"):
        answer = escala("plan", support, "--team", "Soporte", "-o", out)
        assert answer.code == 2
        assert str(tmp_path) in answer.messages[0]
    answer = escala("plan", support, "--team", "Soporte", "-o", tmp_path / f"{'x' * 300}.pdf")
    assert answer.code == 2
    assert "cannot be written" in answer.err


def test_the_file_of_answers_is_never_overwritten(support: Path, tmp_path: Path, escala: Escala) -> None:
    before = support.read_bytes()
    other = save(tmp_path / "before.csv", people([3] * 5))
    for out, previous in ((support, other), (tmp_path / "x" / ".." / support.name, other), (other, other)):
        (tmp_path / "x").mkdir(exist_ok=True)
        answer = escala("plan", support, "--previous", previous, "--team", "Soporte", "-o", out)
        assert answer.code == 2
        assert support.read_bytes() == before
        assert other.read_bytes().startswith(b"team,")


def test_a_previous_file_without_the_team_is_reported(support: Path, tmp_path: Path, escala: Escala) -> None:
    other = save(tmp_path / "before.csv", people([3] * 5, team="Ventas"))
    out = tmp_path / "plan.pdf"
    answer = escala("plan", support, "--previous", other, "--team", "Soporte", "-o", out)
    assert answer.code == 0
    assert "before.csv: There is no team “Soporte” in it" in answer.err
    assert out.exists()


def test_a_plan_is_printed_again_in_its_place(support: Path, tmp_path: Path, escala: Escala) -> None:
    out = tmp_path / "plan.pdf"
    out.write_text("an earlier one", "utf-8")
    assert escala("plan", support, "--team", "Soporte", "-o", out).code == 0
    assert out.read_bytes().startswith(b"%PDF")


def test_a_missing_font_is_a_broken_installation_and_not_a_crash(
    support: Path, tmp_path: Path, escala: Escala, monkeypatch: pytest.MonkeyPatch
) -> None:
    import shutil

    from reports.engine import pdf

    reports = tmp_path / "reports"
    shutil.copytree(pdf.REPORTS, reports)
    (reports / "engine/fonts/source-sans-3-latin-400-normal.woff").unlink()
    monkeypatch.setattr(pdf, "REPORTS", reports)
    answer = escala("plan", support, "--team", "Soporte", "-o", tmp_path / "plan.pdf")
    assert answer.code == 1
    assert "source-sans-3-latin-400-normal.woff of Escala is missing" in answer.err
    assert not (tmp_path / "plan.pdf").exists()
