"""Files that cannot be read as content at all: each is refused with a sentence, and nothing in them is carried out."""

from __future__ import annotations

from pathlib import Path

import pytest

from assessment.catalogue.loader import LARGEST_FILE, ContentProblem, read_content
from tests.catalogue.spoil import ENGLISH, SPANISH, STATEMENTS, check_sentences, problems_of, save


def only(problems: tuple[ContentProblem, ...]) -> ContentProblem:
    (problem,) = problems
    return problem


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("schema: escala.questionnaire/1\nid: [a\nversion: 1\n", 3),
        ("schema: escala.questionnaire/1\n\tid: a\n", 2),
        ('schema: escala.questionnaire/1\ntitle: "open\n', 3),
        ("schema: escala.questionnaire/1\nid: a\n---\nid: b\n", 3),
        ("schema: escala.questionnaire/1\nid: *nothing\n", 2),
    ],
    ids=["open bracket", "tab", "open quotes", "two documents", "unknown alias"],
)
def test_invalid_yaml_is_reported_with_its_line(text: str, line: int, tmp_path: Path) -> None:
    problem = only(problems_of(save(tmp_path, text)))
    assert problem.line == line
    assert "not valid YAML" in problem.describe(ENGLISH)


def test_a_duplicate_key_is_reported_with_the_line_of_the_second(tmp_path: Path) -> None:
    text = STATEMENTS.read_text("utf-8").replace("version: 1\n", "version: 1\nversion: 2\n", 1)
    problem = only(problems_of(save(tmp_path, text)))
    assert (problem.field, problem.line) == ("version", text[: text.index("version: 2")].count("\n") + 1)
    assert "“version” occurs more than once" in problem.describe(ENGLISH)
    assert "«version» aparece más de una vez" in problem.describe(SPANISH)


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16"])
def test_another_encoding_than_utf_8_is_refused(encoding: str, tmp_path: Path) -> None:
    text = STATEMENTS.read_text("utf-8").replace("“", '"').replace("”", '"')
    problem = only(problems_of(save(tmp_path, text.encode(encoding))))
    assert "UTF-8" in problem.describe(ENGLISH)


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    content, _ = read_content(save(tmp_path, b"\xef\xbb\xbf" + STATEMENTS.read_bytes()))
    assert content == read_content(STATEMENTS)[0]


def test_a_file_larger_than_any_questionnaire_is_refused_unread(tmp_path: Path) -> None:
    problem = only(problems_of(save(tmp_path, STATEMENTS.read_bytes() + b"#" * LARGEST_FILE)))
    assert "too large" in problem.describe(ENGLISH)


def test_brackets_without_end_are_refused(tmp_path: Path) -> None:
    assert only(problems_of(save(tmp_path, "[" * 2_000)))


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "nothing.yaml", tmp_path):
        assert "cannot be read" in only(problems_of(path)).describe(ENGLISH)


@pytest.mark.parametrize("text", ["", "# nothing but a comment\n", "- a list\n", "a text\n", "42\n"])
def test_a_file_without_fields_is_refused(text: str, tmp_path: Path) -> None:
    assert "must hold fields" in only(problems_of(save(tmp_path, text))).describe(ENGLISH)


@pytest.mark.parametrize("schema", ["escala.questionnaire/3", "[1]", ""])
def test_an_unknown_schema_names_the_known_ones_and_its_line(schema: str, tmp_path: Path) -> None:
    problem = only(problems_of(save(tmp_path, f"# a comment\nid: mine\nschema: {schema}\n")))
    assert (problem.field, problem.line) == ("schema", 3)
    for known in ("escala.questionnaire/1", "escala.team-kinds/1", "escala.actions/1", "escala.ladder-moves/1"):
        assert known in problem.describe(SPANISH)


def test_a_file_without_a_schema_is_reported(tmp_path: Path) -> None:
    problem = only(problems_of(save(tmp_path, "id: mine\n")))
    assert (problem.field, problem.line) == ("schema", 1)


def test_a_tag_that_asks_for_a_program_is_refused_and_nothing_is_run(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    text = f'schema: escala.questionnaire/1\nid: !!python/object/apply:os.system ["touch {mark}"]\n'
    assert only(problems_of(save(tmp_path, text))).line == 2
    assert not mark.exists()


def test_a_problem_without_line_or_field_is_still_a_sentence() -> None:
    path = Path("x.yaml")
    check_sentences(ContentProblem(str(path), "The file is not UTF-8: save it as UTF-8."), path)
