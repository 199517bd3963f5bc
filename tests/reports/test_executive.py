"""The summary of all teams: from two teams to many, in both languages and on both papers, with names of any kind."""

from __future__ import annotations

import datetime as dt
import re
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
from reports.executive.build import MOST_TEAMS, build_context, build_html, build_pdf
from reports.executive.source import DoneAction, ExecutiveSource
from reports.workbook.source import ActionFacts
from tests.reports.pdfs import boxes_of, catalogue_of, pages_of
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


@pytest.mark.parametrize(("teams", "reader"), [(3, READERS[0]), (7, READERS[1]), (40, READERS[0])], ids=str)
def test_from_a_few_to_forty_teams_take_four_to_six_pages_that_are_not_nearly_empty(
    tmp_path: Path, reader: Localisation, teams: int
) -> None:
    path = tmp_path / "summary.pdf"
    with kept_log() as log:
        path.write_bytes(build_pdf(source_of(teams, paper=reader.paper), reader))
    assert log == []
    assert 4 <= len(pages_of(path)) <= 6
    assert min(page.filled for page in boxes_of(path)[:-1]) > 1 / 3
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


@pytest.mark.parametrize(("teams", "reader"), [*zip([60, 1000], READERS, strict=True)], ids=str)
def test_of_very_many_teams_those_that_need_help_most_take_as_few_pages(
    tmp_path: Path, reader: Localisation, teams: int
) -> None:
    path = tmp_path / "summary.pdf"
    path.write_bytes(build_pdf(source_of(teams, paper=reader.paper), reader))
    pages = pages_of(path)
    assert 4 <= len(pages) <= 6
    assert min(len(words) for words in pages) > 600, "no page is nearly empty"
    assert reader.gettext("Team by team: those that need help most") in pages[-1]


def test_the_headline_says_where_teams_stand_and_what_moved() -> None:
    reader = READERS[1]
    still = source_of(4)
    lines = tuple(
        replace(one, pillars={id_: replace(cell, label="unclear") for id_, cell in one.pillars.items()})
        for one in still.lines
    )
    assert "went up" in build_context(still, reader).headline
    assert build_context(replace(still, lines=lines), reader).headline.endswith("nothing has clearly changed")
    assert build_context(source_of(0), reader).headline == "No team has a result to show yet"


def test_what_next_names_teams_and_asks_of_nobody_what_cannot_be_done() -> None:
    reader, round_id = READERS[1], uuid.uuid4()
    kinds = {
        "Abierta": AttentionKind.ROUND_OPEN,
        "Cerrada": AttentionKind.ROUND_CLOSED,
        "Nueva": AttentionKind.FIRST_ROUND,
    }
    lines = tuple(
        TeamLine(
            team_id=uuid.uuid4(),
            name=name,
            standing=Standing.NO_ROUND,
            reasons=(Reason(kind, round_id=round_id, count=3, of=9),),
        )
        for name, kind in kinds.items()
    )
    source = source_of(0, lines=lines, moves=tuple(TeamMoves(one.team_id, one.name, ()) for one in lines))
    told = build_context(source, reader).next
    assert told == (
        "Have the closed round published in Cerrada.",
        "Have a round opened in Nueva.",
        "Invite people once more to the open round in Abierta.",
    )


def test_finished_actions_are_counted_by_what_followed_and_spread_over_teams() -> None:
    reader, words = READERS[1], Text("Hacer", "Do")
    outcomes = ["improved", "improved", "worse", "same", "unclear", None]
    done = tuple(
        DoneAction(team, words, words, outcome, "Ronda 1", TODAY)  # type: ignore[arg-type]
        for team in ("Alfa", "Beta")
        for outcome in outcomes
    )
    context = build_context(source_of(2, done=done), reader)
    assert "up after 4, no clear change after 4, down after 2 and not known yet after 2." in " ".join(context.done)
    assert [row.team for row in context.done_rows[:2]] == ["Alfa", "Beta"]
    assert context.done_rows[0].plan.startswith("Ronda 1 · ")


def test_a_level_that_could_be_the_next_has_its_mark_as_on_the_page() -> None:
    source = source_of(2)
    sure, unsure = Cell(11, 3.0, 3, low=2.9, high=3.1), Cell(11, 3.0, 3, low=2.1, high=3.9)
    first = replace(source.lines[0], pillars={"language": sure, "vision": unsure}, weakest=(Text("Espera", "Waiting"),))
    context = build_context(replace(source, lines=(first, *source.lines[1:])), READERS[1])
    cells = dict(zip((pillar.id for pillar in ASKED.pillars), context.teams[0].cells, strict=True))
    assert not cells["language"].is_probable
    assert cells["vision"].is_probable
    assert context.teams[0].weakest == "Waiting"


def test_of_very_many_teams_only_some_are_listed_and_it_stays_a_few_pages(tmp_path: Path) -> None:
    path, reader = tmp_path / "summary.pdf", READERS[1]
    path.write_bytes(build_pdf(source_of(121), reader))
    pages = pages_of(path)
    assert len(pages) <= 6
    assert "Team by team: those that need help most" in " ".join(" ".join(pages).split())
    listed = set(re.findall(r"Equipo de la sede principal \d+", " ".join(" ".join(pages).split())))
    assert 0 < len(listed) < 121
    assert f"{121 - MOST_TEAMS} more are in the workbook." in " ".join(" ".join(pages).split())


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
