"""A round from a responses file."""

from __future__ import annotations

import pytest

from assessment.catalogue.catalogue import load_questionnaire
from assessment.domain.result import TeamResult
from assessment.domain.rounds import RoundState, WrongRoundMode
from assessment.domain.scoring import score_team
from assessment.intake.problems import InvalidFile
from assessment.intake.responses import read_responses
from assessment.services.import_round import UnknownTeamInFile, import_round
from assessment.services.publication import publish_round
from assessment.services.respond import UnknownLink, find_way
from assessment.services.results import results
from assessment.services.rounds import discard_round, reopen_round
from assessment.services.snapshots import result_from_snapshot
from assessment.store.responses import Response, count_responses
from assessment.store.rounds import Round, rounds_of_team
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
    with database.writing() as session:
        imported = import_round(
            session,
            organisation_id=home.organisation,
            team_id=home.team,
            name="Del archivo",
            file=file,
            now=NOW,
            **more,
        )
        return imported.id, imported.link_token


def test_an_imported_round_is_scored_as_its_file(database, tmp_path):
    home = make_home(database)
    file = write_file(tmp_path)
    round_id, _ = bring_in(database, home, file)
    with database.writing() as session:
        found = publish_round(session, organisation_id=home.organisation, round_id=round_id, now=NOW)
        frozen = result_from_snapshot(found.snapshot)
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
        find_way(session, token=link, cookie="phone")


def test_a_wrong_file_changes_nothing(database, tmp_path):
    home = make_home(database)
    with pytest.raises(InvalidFile):
        bring_in(database, home, write_file(tmp_path, wrong="\nSoporte,staff,x,9"))
    with pytest.raises(InvalidFile):
        bring_in(database, home, tmp_path / "missing.csv")
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
