"""A questionnaire with every kind of section goes all the way on the command line: asked, read, scored, printed."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Escala
from tests.printing import words_of_pages, words_of_pdf
from tests.questionnaires.every_kind import FILE, LEARNING, person, save


def rows_of(people: int, *, shift: int = 0) -> list[dict[str, str]]:
    chance = random.Random(7)
    rows = []
    for number in range(people):
        row = person(comment="Gracias", pride="El trato", respondent=f"p{number}")
        for item in ("warmth-1", "warmth-2", "speed-1", "speed-2", "speed-3", "care-1", "care-2"):
            row[item] = str(min(7, max(1, chance.choice((2, 3, 4)) + shift)))
        for item in ("tracking-1", "tracking-2", "escalation-1", "meetings-rubric"):
            row[item] = str(chance.choice((1, 2, 3)))
        row["learning"] = LEARNING[number % 4]
        rows.append(row)
    return rows


def scored(escala: Escala, *arguments: object) -> dict[str, Any]:
    answer = escala("score", *arguments, "--questionnaire", FILE)
    assert answer.code == 0
    result: dict[str, Any] = json.loads(answer.out)
    return result


def test_the_template_asks_for_every_section(escala: Escala) -> None:
    header = escala("template", "--questionnaire", FILE, "--points", "contact").out.strip().split(",")
    assert header[3:5] == ["warmth-1", "warmth-2"]
    assert header[-5:] == ["ladder:contact", "learning", "focus", "comment", "pride"]


def test_the_result_holds_the_further_sections_by_questionnaire_and_id(tmp_path: Path, escala: Escala) -> None:
    now, before = save(tmp_path / "now.csv", rows_of(12, shift=2)), save(tmp_path / "before.csv", rows_of(12))
    result = scored(escala, now, "--previous", before)
    assert result["questionnaire"]["id"] == "every-kind"
    (team,) = result["teams"]
    assert [pillar["pillar"] for pillar in team["pillars"]] == ["warmth", "speed", "care"]
    assert list(team["sections"]) == ["every-kind"]
    sections = team["sections"]["every-kind"]
    assert {section: result["kind"] for section, result in sections.items()} == {
        "desk": "statements", "habits": "rubrics", "learning": "choice",
    }  # fmt: skip
    assert [group["pillar"] for group in sections["desk"]["groups"]] == ["tracking", "escalation"]
    assert (sections["desk"]["minimum_group"], sections["habits"]["minimum_group"]) == (5, 6)
    assert sections["learning"]["counts"] == dict.fromkeys(LEARNING, 3)
    assert {change["label"] for change in team["change"]} == {"improved"}
    assert [change["pillar"] for change in sections["desk"]["change"]] == ["tracking", "escalation"]
    assert {change["difference"] for change in sections["desk"]["change"]} == {0}


def test_a_raised_minimum_withholds_its_section_only(tmp_path: Path, escala: Escala) -> None:
    (team,) = scored(escala, save(tmp_path / "now.csv", rows_of(5)))["teams"]
    sections = team["sections"]["every-kind"]
    assert sections["habits"]["groups"][0] | {"n": 5, "mean": None} == sections["habits"]["groups"][0]
    assert sections["desk"]["groups"][0]["mean"] is not None


def test_a_withheld_team_has_no_sections(tmp_path: Path, escala: Escala) -> None:
    (team,) = scored(escala, save(tmp_path / "now.csv", rows_of(4)))["teams"]
    assert team == {"team": "Mesa", "respondents": 4, "withheld": True}


@pytest.mark.parametrize("locale", ["es-CO", "en-US"])
def test_the_plan_prints_every_section_and_leaves_room_for_own_actions(
    locale: str, tmp_path: Path, escala: Escala
) -> None:
    now, before = save(tmp_path / "now.csv", rows_of(12, shift=1)), save(tmp_path / "before.csv", rows_of(12))
    out = tmp_path / "plan.pdf"
    arguments = ("plan", now, "--previous", before, "--team", "Mesa", "--questionnaire", FILE, "-o", out)
    assert escala(*arguments, locale=locale).code == 0
    pages = words_of_pages(out.read_bytes())
    text = " ".join(pages)
    spanish = locale.startswith("es")
    for words in (
        ("Los tres pilares del ejemplo", "Puntaje, de 1 a 7", "Puntaje, de 1 a 3", "Prácticas de la mesa de ayuda")
        if spanish
        else ("The three pillars of the example", "Score, from 1 to 7", "Score, from 1 to 3", "Habits of the team")
    ):
        assert words in text
    assert ("Educadores del servicio" if spanish else "Service educators") in text
    assert ("3 personas" if spanish else "3 people") in text
    assert ("Calidez del trato" if spanish else "Warmth of treatment") in pages[0]
    assert not any(words in text for words in ("twelve", "doce", "Gracias", "El trato"))


def test_the_table_and_the_list_of_sections_know_it(tmp_path: Path, escala: Escala) -> None:
    table = escala("score", save(tmp_path / "now.csv", rows_of(6)), "--questionnaire", FILE, "--format", "table").out
    assert "Warmth of treatment" in table
    assert "Practices of the service desk\nTracking of every case" in table
    assert "Process trainers" in table
    assert escala("questionnaires", "check", FILE).code == 0
    outline = escala("questionnaires", "show", FILE).out
    for line in (
        "1. Warmth of treatment (warmth)",
        "   warmth-1: Whoever comes is greeted before a minute has passed.",
        "– What matters most now? Choose up to two. (focus)",
        "   6. Unbelievable",
        "      3. Every week the team talks about cases of customers and agrees on what to change.",
        "– Which description is most like your team? (learning)",
        "   educators: People learn to think of whoever is served.",
        "– What is the team proud of? (pride)",
    ):
        assert line in outline.splitlines()


def split(folder: Path) -> tuple[Path, Path]:
    """The same in two questionnaires: pillars, focus and ladder in one; all else in the other."""
    text = FILE.read_text("utf-8")
    head, desk = text[: text.index("  - kind: statements")], text.index("  - kind: statements\n    id: desk")
    first, second = folder / "first.yaml", folder / "second.yaml"
    first.write_text(text[:desk], "utf-8")
    rest = (
        (head + text[desk:]).replace("id: every-kind", "id: beside").replace("Every kind of question", "What is beside")
    )
    second.write_text(rest.replace("Todo tipo de preguntas", "Lo demás"), "utf-8")
    return first, second


def test_several_questionnaires_are_told_apart_in_table_json_and_plan(tmp_path: Path, escala: Escala) -> None:
    first, second = split(tmp_path)
    both = ("--questionnaire", second, "--questionnaire", first)
    answers = save(tmp_path / "answers.csv", rows_of(12))
    header = escala("template", *both, "--points", "contact").out.strip().split(",")
    assert header.index("care-2") < header.index("tracking-1")
    result = json.loads(escala("score", answers, *both).out)
    assert result["questionnaire"]["id"] == "every-kind"
    assert list(result["teams"][0]["sections"]) == ["beside"]
    table = escala("score", answers, *both, "--format", "table").out
    assert "── Every kind of question\nWarmth of treatment" in table
    assert "── What is beside\nPractices of the service desk\nTracking of every case" in table
    assert "──" not in escala("score", answers, "--questionnaire", FILE, "--format", "table").out.replace("────", "")
    out = tmp_path / "plan.pdf"
    assert escala("plan", answers, "--team", "Mesa", *both, "-o", out, locale="es").code == 0
    text = words_of_pdf(out.read_bytes())
    assert "Lo demás Prácticas de la mesa de ayuda" in text
    assert "Cuestionarios: Todo tipo de preguntas v1 · Lo demás v1." in text


def test_what_has_no_pillars_is_scored_but_not_planned(tmp_path: Path, escala: Escala) -> None:
    _, second = split(tmp_path)
    pillars = {"warmth-1", "warmth-2", "speed-1", "speed-2", "speed-3", "care-1", "care-2", "focus"}
    rows = [
        {name: cell for name, cell in row.items() if name not in pillars and not name.startswith("ladder:")}
        for row in rows_of(12)
    ]
    answers, out = save(tmp_path / "answers.csv", rows), tmp_path / "plan.pdf"
    table = escala("score", answers, "--questionnaire", second, "--format", "table")
    assert table.code == 0
    assert "Practices of the service desk" in table.out
    refused = escala("plan", answers, "--team", "Mesa", "--questionnaire", second, "-o", out)
    assert refused.code == 2
    assert "A plan is based on pillars, and these questionnaires do not ask about any" in refused.err
    assert not out.exists()


def test_questionnaires_that_share_pillars_are_not_asked_together(support: Path, escala: Escala) -> None:
    both = ("--questionnaire", "service-culture", "--questionnaire", "service-culture-rubrics")
    answer = escala("score", support, *both)
    assert answer.code == 2
    assert "“service-culture” and “service-culture-rubrics” cannot be asked together: both have “pillars”" in answer.err


def test_a_questionnaire_that_cannot_be_read_is_refused_with_its_place(
    support: Path, tmp_path: Path, escala: Escala
) -> None:
    broken = tmp_path / "mine.yaml"
    broken.write_text(FILE.read_text("utf-8").replace("kind: choice", "kind: vote"), "utf-8")
    answer = escala("score", support, "--questionnaire", broken)
    assert answer.code == 2
    assert "“vote” is not a kind of section" in answer.err
    assert "field sections[6].kind" in answer.err
