"""Any valid answer sheets are read back as written, and any bytes lead at worst to a clear refusal."""

from __future__ import annotations

import io
import os
import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import openpyxl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessment.domain.answers import DK, Answer, AnswerSheet, Role, TeamAnswers
from assessment.intake.problems import InvalidFile
from assessment.intake.responses import read_responses
from assessment.intake.text import fold
from tests.intake.build import ResponsesFile, check_sentence, csv_text, small_questionnaire

QUESTIONNAIRE = small_questionnaire()
ITEMS = [item.id for item in QUESTIONNAIRE.items]
PILLARS = [pillar.id for pillar in QUESTIONNAIRE.pillars]
EVERY_ANSWER: list[Answer | None] = [None, DK, 1, 2, 3, 4, 5]
LETTERS = "abcXYZáéíóúñÑ"  # letters whose Windows-1252 bytes cannot be UTF-8
SIGNS = LETTERS + " ,;|.'\"\t\n-=:0"


def answers(size: int) -> st.SearchStrategy[Answer | None]:
    return st.one_of(st.none(), st.just(DK), st.integers(1, size))


@st.composite
def sheets(draw: st.DrawFn, points: list[str], role: Role, number: int) -> AnswerSheet:
    kinds = random.Random(draw(st.integers(0, 2**32)))  # 48 answers drawn one by one would be slow
    given_items = {item: kinds.choice(EVERY_ANSWER) for item in ITEMS}
    given_points = {point: draw(answers(6)) for point in points}
    comment = draw(st.text(SIGNS, max_size=60)).strip()
    return AnswerSheet(
        role=role,
        items={item: answer for item, answer in given_items.items() if answer is not None},
        ladder={point: answer for point, answer in given_points.items() if answer is not None},
        focus=tuple(draw(st.lists(st.sampled_from(PILLARS), max_size=3, unique=True))),
        comment=comment,
        respondent=draw(st.sampled_from([None, f"código {number}"])),
    )


@st.composite
def files(draw: st.DrawFn) -> tuple[list[str], list[TeamAnswers]]:
    """The perception points of a file in their order, and its teams."""
    points = draw(st.lists(st.text(LETTERS, min_size=1, max_size=10), max_size=4, unique_by=fold))
    names = draw(st.lists(st.text(LETTERS, min_size=1, max_size=12), min_size=1, max_size=3, unique=True))
    teams = []
    for name in names:
        agreed = draw(st.booleans())
        own = [Role.CONSENSUS] if agreed else draw(st.lists(st.sampled_from([Role.STAFF, Role.LEADER]), max_size=4))
        roles = [*own, *draw(st.lists(st.just(Role.CUSTOMER), min_size=0 if own else 1, max_size=2))]
        rows = tuple(draw(sheets(points, role, number)) for number, role in enumerate(roles))
        answered = tuple(point for point in points if any(point in sheet.ladder for sheet in rows))
        teams.append(TeamAnswers(name, answered, rows))
    return points, teams


def as_rows(teams: list[TeamAnswers], points: list[str], order: random.Random) -> list[list[str]]:
    header = ["team", "role", "respondent", *ITEMS, "focus", "comment", *("ladder:" for _ in points)]
    order.shuffle(header)
    in_order = iter(points)  # the order of the points is the sequence, so it stays
    header = [f"ladder:{next(in_order)}" if name == "ladder:" else name for name in header]
    return [header, *([written(team, sheet, name) for name in header] for team in teams for sheet in team.sheets)]


def written(team: TeamAnswers, sheet: AnswerSheet, column: str) -> str:
    if column in ITEMS:
        return str(sheet.items.get(column, ""))
    fixed = {
        "team": team.team,
        "role": str(sheet.role),
        "respondent": sheet.respondent or "",
        "focus": ";".join(sheet.focus),
        "comment": sheet.comment,
    }
    return fixed[column] if column in fixed else str(sheet.ladder.get(column.removeprefix("ladder:"), ""))


FEWER = 1 if os.environ.get("CI") else 3
"""At home a third of the examples: enough to notice what is not rare."""


@contextmanager
def saved(content: bytes) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "responses"
        path.write_bytes(content)
        yield path


@given(
    file=files(),
    separator=st.sampled_from([",", ";", "\t"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
    seed=st.integers(0, 2**32),
)
@settings(max_examples=60 // FEWER, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_valid_answer_sheets_are_read_back_equal(
    file: tuple[list[str], list[TeamAnswers]], separator: str, encoding: str, seed: int
) -> None:
    points, teams = file
    rows = as_rows(teams, points, random.Random(seed))
    with saved(csv_text(rows, separator).encode(encoding)) as path:
        assert list(read_responses(path, QUESTIONNAIRE).teams) == teams


def read_or_refuse(content: bytes) -> bool:
    """Whether the bytes are read as teams, or else are refused with a sentence for every problem."""
    with saved(content) as path:
        try:
            return bool(read_responses(path, QUESTIONNAIRE, ignore_unknown=True).teams)
        except InvalidFile as refused:
            return bool(refused.problems) and all(check_sentence(problem) for problem in refused.problems)


MAGIC = [b"", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"PK\x03\x04", b"%PDF-", b"sep=;\n", b'team,language-1\n"']


@given(start=st.sampled_from(MAGIC), content=st.binary(max_size=400))
@settings(max_examples=300 // FEWER, deadline=None)
def test_random_bytes_are_at_worst_refused(start: bytes, content: bytes) -> None:
    assert read_or_refuse(start + content)


@given(text=st.text(st.sampled_from("team,;\t\n\r\"'’0123456789DKNS language-1 ladder:\xa0é\x0b#=[]"), max_size=300))
@settings(max_examples=300 // FEWER, deadline=None)
def test_random_tables_are_at_worst_refused(text: str) -> None:
    assert read_or_refuse(("team,language-1\n" + text).encode())


def workbook_bytes() -> bytes:
    workbook = openpyxl.Workbook()
    page = workbook.active
    assert page is not None
    for row in ResponsesFile(ITEMS, rows=2).all_rows:
        page.append([int(cell) if cell.isdigit() else cell for cell in row])
    data = io.BytesIO()
    workbook.save(data)
    return data.getvalue()


WORKBOOK = workbook_bytes()


@given(changes=st.lists(st.tuples(st.integers(0, len(WORKBOOK) - 1), st.integers(0, 255)), min_size=1, max_size=6))
@settings(max_examples=150 // FEWER, deadline=None)
def test_a_workbook_with_wrong_bytes_is_at_worst_refused(changes: list[tuple[int, int]]) -> None:
    content = bytearray(WORKBOOK)
    for place, value in changes:
        content[place] = value
    assert read_or_refuse(bytes(content))
