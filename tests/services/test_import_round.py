"""A round from a responses file."""

from __future__ import annotations

import io
import pickle
import zipfile

import openpyxl
import pytest

from assessment.catalogue.catalogue import load_questionnaire
from assessment.domain.result import TeamResult
from assessment.domain.rounds import RoundState, WrongRoundMode
from assessment.domain.scoring import score_team
from assessment.infra.languages import Localisation
from assessment.intake.problems import InvalidFile, ProblemCode
from assessment.intake.responses import UnknownTeamInFile, read_responses
from assessment.services.import_round import (
    UPLOAD_UNPACKED_MB,
    TooFewInFile,
    empty_file,
    keep_imported_round,
    namesake_in,
    read_upload,
)
from assessment.services.participation import get_participation
from assessment.services.publication import publish_round
from assessment.services.respond import UnknownLink, resolve_link
from assessment.services.results import results
from assessment.services.rounds import discard_round, reopen_round
from assessment.services.snapshots import result_from_snapshot
from assessment.services.teams import get_team
from assessment.store.responses import Response, count_by_round, count_responses
from assessment.store.rounds import Round, rounds_of_team
from tests.conftest import ROOT
from tests.services.build import DAY, LATER, NOW, make_home


def write_file(folder, teams=("Soporte",), rows=7, wrong=""):
    asked = load_questionnaire()
    items = [item.id for item in asked.items]
    lines = [",".join(["team", "role", "respondent", *items, "ladder:contact", "ladder:mi-punto", "comment"])]
    for team in teams:
        for number in range(rows):
            answers = [str(1 + (number + at) % 5) for at in range(len(items))]
            role = "leader" if number == 0 else "staff"
            lines.append(",".join([team, role, f"code{number}", *answers, "4", "2", f"nota {number}"]))
    file = folder / "answers.csv"
    file.write_text("\n".join(lines) + wrong, encoding="utf-8")
    return file


def bring_in(database, home, file, **more):
    responses = read_upload(file.read_bytes())
    with database.writing() as session:
        imported = keep_imported_round(
            session,
            organisation_id=home.organisation,
            team_id=home.team,
            name="Del archivo",
            responses=responses,
            now=NOW,
            **more,
        )
        return imported.id, imported.link_token


def test_an_imported_round_is_scored_as_its_file(database, tmp_path):
    home = make_home(database)
    file = write_file(tmp_path)
    round_id, _ = bring_in(database, home, file)
    with database.writing() as session:
        round_ = publish_round(session, organisation_id=home.organisation, round_id=round_id, now=NOW)
        frozen = result_from_snapshot(round_.snapshot)
    asked = load_questionnaire()
    expected = score_team(read_responses(file, asked).teams[0], asked, minimum_group=5)
    assert isinstance(frozen, TeamResult)
    assert frozen.pillars == expected.pillars
    assert frozen.ladder == expected.ladder
    assert frozen.priorities == expected.priorities
    with database.reading() as session:
        shown = results(session, organisation_id=home.organisation, round_id=round_id)
        assert shown.point_names == {"contact": "Contacto", "mi-punto": "Mi punto"}
        assert all("respondent" not in answers for answers in session.query(Response.answers))


def test_an_imported_round_takes_no_answers_and_never_opens(database, tmp_path):
    home = make_home(database)
    round_id, link = bring_in(database, home, write_file(tmp_path))
    with database.reading() as session:
        facts = session.get_one(Round, round_id).facts
        assert {facts.state(moment) for moment in (NOW - DAY, NOW, LATER)} == {RoundState.STOPPED}
    with pytest.raises(WrongRoundMode), database.writing() as session:
        reopen_round(session, organisation_id=home.organisation, round_id=round_id, closes_at=None, now=NOW)
    with database.reading() as session, pytest.raises(UnknownLink):
        resolve_link(session, token=link, cookie="phone")


def test_a_wrong_file_changes_nothing(database, tmp_path):
    home = make_home(database)
    with pytest.raises(InvalidFile):
        bring_in(database, home, write_file(tmp_path, wrong="\nSoporte,staff,x,9"))
    with database.reading() as session:
        assert rounds_of_team(session, home.organisation, home.team) == []


def test_of_several_teams_in_a_file_one_must_be_named(database, tmp_path):
    home = make_home(database)
    file = write_file(tmp_path, teams=("Soporte", "Ventas"))
    for name in ("", "Compras"):
        with pytest.raises(UnknownTeamInFile) as refused:
            bring_in(database, home, file, file_team=name)
        assert refused.value.known == ("Soporte", "Ventas")
    round_id, _ = bring_in(database, home, file, file_team="Ventas")
    with database.reading() as session:
        assert count_responses(session, round_id) == 7


def test_an_imported_round_that_was_a_mistake_is_discarded(database, tmp_path):
    home = make_home(database)
    round_id, _ = bring_in(database, home, write_file(tmp_path))
    with database.writing() as session:
        discard_round(session, organisation_id=home.organisation, round_id=round_id, now=NOW)
    with database.reading() as session:
        assert count_responses(session, round_id) == 0


def consensus_file(folder, customers=3):
    asked = load_questionnaire()
    lines = [",".join(["team", "role", *(item.id for item in asked.items), "ladder:contact"])]
    lines.append(",".join(["Soporte", "consensus", *("4" for _ in asked.items), "3"]))
    lines += [",".join(["Soporte", "customer", *("" for _ in asked.items), "2"]) for _ in range(customers)]
    file = folder / "consensus.csv"
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


def test_a_consensus_row_gives_a_small_team_its_result(database, tmp_path):
    home = make_home(database, size=3)
    round_id, _ = bring_in(database, home, consensus_file(tmp_path))
    with database.reading() as session:
        counted = get_participation(session, organisation_id=home.organisation, round_id=round_id)
        assert (counted.answered, counted.needed, counted.missing) == (1, 1, 0)
        assert counted.is_consensus
    with database.writing() as session:
        publish_round(session, organisation_id=home.organisation, round_id=round_id, now=NOW)
    with database.reading() as session:
        shown = results(session, organisation_id=home.organisation, round_id=round_id).result
        assert shown.mode == "consensus"
        assert not shown.withheld
        assert {pillar.level for pillar in shown.pillars} == {4}


@pytest.mark.parametrize("rows", [1, 4])
def test_a_file_with_too_few_people_makes_no_round(database, tmp_path, rows):
    home = make_home(database)
    with pytest.raises(TooFewInFile) as refused:
        bring_in(database, home, write_file(tmp_path, rows=rows))
    assert (refused.value.answered, refused.value.needed) == (rows, 5)
    with database.reading() as session:
        assert rounds_of_team(session, home.organisation, home.team) == []


def test_customers_are_none_of_a_teams_answers(database, tmp_path):
    home = make_home(database)
    file = write_file(tmp_path)
    items = len(load_questionnaire().items)
    with file.open("a", encoding="utf-8") as more:
        more.write("\n" + ",".join(["Soporte", "customer", "", *[""] * items, "3", "", ""]))
    round_id, _ = bring_in(database, home, file)
    with database.reading() as session:
        assert get_participation(session, organisation_id=home.organisation, round_id=round_id).answered == 7
        assert count_by_round(session, [round_id]) == {round_id: 7}


def test_the_files_team_of_the_same_name_is_proposed(tmp_path):
    def proposed(name, *teams):
        return namesake_in(read_upload(write_file(tmp_path, teams=teams).read_bytes()), name)

    assert proposed("Soporte", "SOPORTE", "Ventas") == "SOPORTE"
    assert proposed("Compras", "Soporte", "Ventas") == ""
    assert proposed("Compras", "Soporte") == "Soporte"
    assert proposed("Soporte", "Soporte ", "soporte") == ""


def test_a_workbook_that_unpacks_to_too_much_is_refused_unread():
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (UPLOAD_UNPACKED_MB * 1_000_000 + 1))
    assert len(bomb.getvalue()) < 100_000
    with pytest.raises(InvalidFile) as refused:
        read_upload(bomb.getvalue())
    assert [problem.code for problem in refused.value.problems] == [ProblemCode.WORKBOOK_TOO_LARGE]


def test_a_small_workbook_with_very_many_cells_is_refused_before_all_are_read():
    workbook = openpyxl.Workbook()
    for line in range(1, 252):
        workbook.active.cell(line, 1_200, "x")
    data = io.BytesIO()
    workbook.save(data)
    assert len(data.getvalue()) < 10_000
    with pytest.raises(InvalidFile) as refused:
        read_upload(data.getvalue())
    assert [problem.code for problem in refused.value.problems] == [ProblemCode.WORKBOOK_TOO_MANY_CELLS]


def test_what_is_wrong_with_a_file_comes_back_from_the_process_that_read_it():
    with pytest.raises(InvalidFile) as refused:
        read_upload(b"team,x\n1,2\n")
    again = pickle.loads(pickle.dumps(refused.value))  # noqa: S301 - our own
    assert (again.problems, again.count) == (refused.value.problems, refused.value.count)
    example = read_upload((ROOT / "examples" / "mesa-de-ayuda.csv").read_bytes())
    assert pickle.loads(pickle.dumps(example)) == example  # noqa: S301


@pytest.mark.parametrize("file", ["vacio.csv", "vacio.xlsx"])
def test_the_empty_file_of_a_team_asks_for_its_points(database, file):
    home = make_home(database)
    with database.reading() as session:
        team = get_team(session, organisation_id=home.organisation, team_id=home.team)
        data = empty_file([point["id"] for point in team.points], file=file, reader=Localisation("es", "CO"))
        points = [point["id"] for point in team.points]
    with pytest.raises(InvalidFile) as refused:
        read_upload(data)
    assert [problem.code for problem in refused.value.problems] == [ProblemCode.NO_ROWS]
    assert points[0] == "contact"
    if file.endswith(".csv"):
        assert f"ladder:{points[0]}" in data.decode("utf-8-sig")
