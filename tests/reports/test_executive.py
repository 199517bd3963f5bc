"""The summary of all teams: from two teams to many, in both languages and on both papers, with names of any kind."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import replace
from pathlib import Path

import pytest

from assessment.catalogue.catalogue import load_questionnaire
from assessment.domain.plans.choices import ActionStatus
from assessment.domain.portfolio import (
    AttentionKind,
    Cell,
    OverTeams,
    Progress,
    Reason,
    RoundMove,
    Standing,
    TeamLine,
    TeamMoves,
)
from assessment.domain.texts import Text
from assessment.infra.languages import Localisation
from reports.executive.build import build_context, build_html, build_pdf
from reports.executive.source import DoneAction, ExecutiveSource
from reports.workbook.source import ActionFacts
from tests.reports.pdfs import catalogue_of, pages_of
from tests.reports.plans import LONG_NAME, kept_log

ASKED = load_questionnaire()
TODAY = dt.date(2026, 11, 29)
READERS = [Localisation("es", "CO"), Localisation("en", "GB")]
HOSTILE = "<script>alert('x')</script><img src=x onerror=y>"


def line(number: int, name: str) -> TeamLine:
    """A team: every fifth is withheld, every seventh has no round; the others have a plan with something late."""
    team, round_id = uuid.uuid4(), uuid.uuid4()
    if number % 7 == 6:
        return TeamLine(team_id=team, name=name, standing=Standing.NO_ROUND, people=12)
    about = {"team_id": team, "name": name, "round_id": round_id, "published_on": TODAY, "people": 12, "answered": 11}
    if number % 5 == 4:
        reasons = (Reason(AttentionKind.WITHHELD, round_id=round_id),)
        return TeamLine(**about, standing=Standing.WITHHELD, reasons=reasons)  # type: ignore[arg-type]
    cells = {
        pillar.id: Cell(11, 2.0 + at / 5, ASKED.scale.level(2.0 + at / 5), label="improved" if at % 3 else "worse")
        for at, pillar in enumerate(ASKED.pillars)
    }
    cells["language"] = Cell(None, None)
    return TeamLine(
        **about,  # type: ignore[arg-type]
        standing=Standing.RESULT,
        pillars=cells,
        progress=Progress(round_id, 4, 1, 1, TODAY),
        reasons=(Reason(AttentionKind.LATE, count=1, round_id=round_id),),
    )


def source_of(teams: int, name: str = "Equipo de la sede principal", **changes: object) -> ExecutiveSource:
    lines = tuple(line(number, f"{name} {number + 1}") for number in range(teams))
    moves = tuple(
        TeamMoves(
            one.team_id, one.name, tuple(RoundMove(f"R{at}", TODAY, up=at, down=1, unclear=3) for at in range(1, 9))
        )
        for one in lines
    )
    words = Text("Contar los tropiezos del cliente con rayitas", "Count what trips customers up")
    actions = [
        ActionFacts(
            one.name, "Ronda", TODAY, words, words, words, TODAY + dt.timedelta(days=9), ActionStatus.DOING, False
        )
        for one in lines
    ]
    source = ExecutiveSource(
        organisation="Clínica del Valle",
        accent="#0b6b6b",
        logo="",
        paper="letter",
        made_on=TODAY,
        tag="",
        questionnaire=ASKED,
        lines=lines,
        over={pillar.id: OverTeams(teams, 11 * teams, 3.1, 3, may_rank=False) for pillar in ASKED.pillars[1:]},
        is_one_wording=True,
        moves=moves,
        done=tuple(DoneAction(one.name, words, words, "improved") for one in lines),
        open_actions=tuple(actions),
    )
    return replace(source, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("reader", READERS, ids=str)
@pytest.mark.parametrize("teams", [2, 40])
def test_from_two_to_forty_teams_take_four_to_six_pages(tmp_path: Path, reader: Localisation, teams: int) -> None:
    path = tmp_path / "summary.pdf"
    with kept_log() as log:
        path.write_bytes(build_pdf(source_of(teams, paper=reader.paper), reader))
    assert log == []
    assert 4 <= len(pages_of(path)) <= 6
    assert catalogue_of(path)["/Lang"] == reader.tag
    words = " ".join(pages_of(path))
    for title in (
        "Where we stand",
        "What moved",
        "What was done, and what came after",
        "Where help is needed",
        "What next",
    ):
        assert reader.gettext(title) in words
    assert reader.gettext("withheld") in words


def test_of_more_teams_the_table_runs_on_at_the_end(tmp_path: Path) -> None:
    path, reader = tmp_path / "summary.pdf", READERS[1]
    path.write_bytes(build_pdf(source_of(120), reader))
    pages = pages_of(path)
    assert "Where we stand" in pages[0]
    [first] = [at for at, words in enumerate(pages) if "Team by team" in words]
    [last_list] = [at for at, words in enumerate(pages) if "What next" in words]
    assert first > last_list
    assert "Equipo de la sede principal 120" in pages[-1]
    assert "more are in the workbook" in " ".join(pages[:first])


def test_of_very_many_teams_there_is_no_table_and_it_stays_a_few_pages(tmp_path: Path) -> None:
    path, reader = tmp_path / "summary.pdf", READERS[1]
    path.write_bytes(build_pdf(source_of(121), reader))
    pages = pages_of(path)
    assert len(pages) <= 6
    assert "There are too many teams to list them here" in " ".join(" ".join(pages).split())
    assert "Equipo de la sede principal 121" not in " ".join(pages)


@pytest.mark.parametrize("name", [HOSTILE, LONG_NAME, "خدمة العملاء في المستشفى", "W" * 120])
def test_names_of_any_kind_are_printed_as_they_are(tmp_path: Path, name: str) -> None:
    reader, path = READERS[0], tmp_path / "summary.pdf"
    source = source_of(4, name, organisation=name)
    html = build_html(build_context(source, reader), reader)
    assert "<script>" not in html
    with kept_log() as log:
        path.write_bytes(build_pdf(source, reader))
    assert log == []


def test_without_a_figure_for_everybody_there_is_no_column_for_it() -> None:
    reader = READERS[1]
    html = build_html(build_context(source_of(2, over={}), reader), reader)
    assert ">no figure<" not in html
    assert "There is no figure for everybody together" in html


def test_what_is_withheld_has_no_level_and_no_number() -> None:
    context = build_context(source_of(4), READERS[1])
    cells = [row.cells[0] for row in context.teams if row.cells]
    assert cells
    for cell in cells:
        assert (cell.level, cell.score, cell.is_withheld) == (0, "withheld", True)
