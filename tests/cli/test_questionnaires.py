"""`escala questionnaires`: the catalogue, and the check of content files."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest

from assessment.cli.console import MAX_PROBLEMS
from tests.cli.conftest import Escala

CONTENT = "questionnaires/service-culture/v1.yaml"


def test_list_shows_id_version_title_and_size(escala: Escala) -> None:
    english, spanish = escala("questionnaires", "list"), escala("questionnaires", "list", locale="es")
    assert english.out.splitlines() == [
        "service-culture\tv1\tService culture\t48 answers",
        "service-culture-rubrics\tv1\tService culture: descriptions for the workshop\t12 answers",
    ]
    assert "Cultura de servicio\t48 respuestas" in spanish.out
    assert english.code == spanish.code == 0


def test_show_prints_every_statement_with_its_id_and_the_checksum(repository: Path, escala: Escala) -> None:
    out = escala("questionnaires", "show", "service-culture").out
    assert f"sha256:{hashlib.sha256((repository / CONTENT).read_bytes()).hexdigest()}" in out
    assert "12. Service role modelling (role-modelling)" in out
    assert "language-1: When discussing a case, the team means the same thing by “good service”." in out
    assert "language-1: Al comentar un caso" in escala("questionnaires", "show", "service-culture", locale="es").out


def test_show_prints_the_five_descriptions_of_a_rubric(escala: Escala) -> None:
    out = escala("questionnaires", "show", "service-culture-rubrics").out
    assert out.count("\n      5. ") == 12


def test_what_is_shipped_passes_the_check(repository: Path, escala: Escala) -> None:
    answer = escala("questionnaires", "check", repository / "questionnaires")
    assert (answer.code, answer.out, answer.err) == (0, "", "20 files are valid.\n")
    assert escala("questionnaires", "check", repository / CONTENT).err == "1 file is valid.\n"


@pytest.mark.parametrize(
    ("locale", "position", "words"),
    [("en", "line 4, field version", "at least 1"), ("es", "línea 4, campo version", "al menos 1")],
)
def test_a_problem_is_reported_with_file_line_and_field(
    locale: str, position: str, words: str, repository: Path, tmp_path: Path, escala: Escala
) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text((repository / CONTENT).read_text("utf-8").replace("version: 1", "version: 0", 1), encoding="utf-8")
    answer = escala("questionnaires", "check", path, locale=locale)
    assert answer.code == 2
    (message,) = answer.messages
    assert message.startswith(f"{path}, {position}: ")
    assert words in message


def test_the_problems_of_all_files_are_reported(repository: Path, tmp_path: Path, escala: Escala) -> None:
    shutil.copytree(repository / "questionnaires/actions", tmp_path / "actions")
    for name in ("voice", "vision"):
        path = tmp_path / "actions" / f"{name}.yaml"
        path.write_text(path.read_text("utf-8").replace("effort: small", "effort: tiny", 1), encoding="utf-8")
    answer = escala("questionnaires", "check", tmp_path, repository / CONTENT, tmp_path / "nothing.yaml")
    assert answer.code == 2
    assert [message.partition(",")[0].partition(": ")[0] for message in answer.messages] == [
        str(tmp_path / "actions/vision.yaml"), str(tmp_path / "actions/voice.yaml"), str(tmp_path / "nothing.yaml"),
    ]  # fmt: skip


@pytest.mark.parametrize(("locale", "more"), [("en", "… and 28 more problems."), ("es", "… y 28 problemas más.")])
def test_of_many_problems_twenty_are_shown_and_the_rest_counted(
    locale: str, more: str, repository: Path, tmp_path: Path, escala: Escala
) -> None:
    path = tmp_path / "mine.yaml"
    text = (repository / CONTENT).read_text("utf-8")
    half = text.index("  - id: voice")  # 24 statements without "text" and with an unknown field: 48 problems
    path.write_text(text[:half].replace("        text:\n", "        words:\n") + text[half:], encoding="utf-8")
    answer = escala("questionnaires", "check", path, locale=locale)
    assert (answer.code, len(answer.messages), answer.messages[-1]) == (2, MAX_PROBLEMS + 1, more)


def test_a_folder_without_content_has_nothing_to_check(tmp_path: Path, escala: Escala) -> None:
    answer = escala("questionnaires", "check", tmp_path)
    assert answer.code == 2
    assert ".yaml" in answer.err
