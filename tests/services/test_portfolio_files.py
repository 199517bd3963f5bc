"""The workbook and the summary of all teams: the numbers of the pages, for whoever asked, and safe to open."""

from __future__ import annotations

import datetime as dt
import io
import re

import openpyxl
import pypdf
import pytest
from sqlalchemy import select

from assessment.catalogue.catalogue import load_questionnaire
from assessment.domain.access import OrganisationRole
from assessment.domain.answers import Role
from assessment.domain.rounds import RoundMode
from assessment.infra.languages import Localisation
from assessment.services.access import get_access
from assessment.services.deletion import delete_team
from assessment.services.later_work import JobFailed
from assessment.services.plans import draft_plan
from assessment.services.portfolio_files import (
    FileKind,
    FileWish,
    UnknownPortfolioFile,
    delete_old_files,
    executive_source,
    get_file,
    keep_file,
    make_file,
    prepare_file,
    request_file,
    workbook_source,
)
from assessment.services.teams import set_tags
from assessment.store.accounts import User
from assessment.store.organisations import Membership
from assessment.store.plan_actions import PlanAction
from assessment.store.rounds import Round
from reports.executive.build import build_pdf
from tests.services.build import DAY, NOW, make_home, make_sheet
from tests.services.portfolios import access_to, add_team, portfolio_of, publish, sheets_around
from tests.services.test_overview import statements

SPANISH, ENGLISH = Localisation("es", "CO"), Localisation("en", "CO")
FORMULA = '=HYPERLINK("http://evil.example","x")'


def furnish(database):
    """Four teams: one of two rounds with a plan, one withheld, one with a hostile name, one without a round."""
    home = make_home(database)
    few, hostile = add_team(database, home, "Almacén"), add_team(database, home, FORMULA)
    add_team(database, home, "Taller")
    publish(database, home, few, sheets_around(3, 3))
    publish(database, home, hostile, sheets_around(3, 9, seed=4), name="+1+1")
    first = publish(database, home, home.team, sheets_around(2, 12, seed=1), name="Ronda 1")
    with database.writing() as session:
        draft_plan(session, organisation_id=home.organisation, round_id=first, drawn_on=NOW.date(), now=NOW)
        set_tags(session, organisation_id=home.organisation, team_id=home.team, tags=["-Norte"])
    publish(database, home, home.team, sheets_around(4, 12, seed=2), now=NOW + 60 * DAY, name="Ronda 2")
    return home


def wish(kind, reader=SPANISH, tag=""):
    return FileWish(kind, "", tag, reader, "letter")


def workbook_of(database, home, reader=SPANISH, tag=""):
    with database.reading() as session:
        asked = wish(FileKind.WORKBOOK, reader, tag)
        prepared = prepare_file(
            session,
            organisation_id=home.organisation,
            arguments={
                "kind": "workbook",
                "asked": "",
                "tag": tag,
                "language": reader.language,
                "country": "CO",
                "paper": "letter",
                "user_id": home.user,
            },
            now=NOW + 70 * DAY,
        )
    assert prepared.wish == asked
    return openpyxl.load_workbook(io.BytesIO(make_file(prepared)))


def rows_of(sheet):
    head, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


def test_the_workbook_has_the_numbers_of_the_page(database):
    home = furnish(database)
    book = workbook_of(database, home, ENGLISH)
    assert book.sheetnames == ["Read me", "Teams", "Results", "Changes", "Actions", "Participation"]
    found = portfolio_of(database, home, now=NOW + 70 * DAY)
    line = next(line for line in found.lines if line.name == "Mesa de ayuda")
    latest = [row for row in rows_of(book["Results"]) if row["Round"] == "Ronda 2" and row["What"] == "Pillar"]
    names = [pillar.name.en for pillar in found.asked.questionnaire.pillars]
    assert [row["Name"] for row in latest] == names
    assert [row["Score"] for row in latest] == [cell.score for cell in line.pillars.values()]
    assert [row["People"] for row in latest] == [12] * 12
    changes = [row for row in rows_of(book["Changes"]) if row["Round"] == "Ronda 2" and row["What"] == "Pillar"]
    assert [row["Difference"] for row in changes] == [cell.change for cell in line.pillars.values()]
    assert {row["In words"] for row in changes} == {"up"}
    [everybody] = [row for row in rows_of(book["Teams"]) if row["Team"] == "Everybody together"]
    assert everybody["Common language"] == found.over["language"].mean


def test_what_is_withheld_is_a_word_and_never_zero(database):
    home = furnish(database)
    book = workbook_of(database, home, ENGLISH)
    [row] = [row for row in rows_of(book["Results"]) if row["Team"] == "Almacén"]
    assert (row["Score"], row["People"], row["From"]) == ("withheld", None, None)
    [team] = [row for row in rows_of(book["Teams"]) if row["Team"] == "Almacén"]
    assert {team[pillar.short_name.en] for pillar in load_questionnaire().pillars} == {"withheld"}
    [round_] = [row for row in rows_of(book["Participation"]) if row["Team"] == "Almacén"]
    assert (round_["Answered"], round_["In the team"], round_["Result"]) == (3, 12, "withheld")
    assert 0 not in [row["Score"] for row in rows_of(book["Results"])]


def test_only_actions_of_the_current_plan_are_late_as_the_sheet_of_teams_counts_them(database):
    home = furnish(database)
    with database.reading() as session:
        latest = session.scalars(select(Round).where(Round.name == "Ronda 2")).one().id
    with database.writing() as session:
        where = {"organisation_id": home.organisation, "round_id": latest}
        plan = draft_plan(session, **where, drawn_on=(NOW + 60 * DAY).date(), now=NOW + 60 * DAY)
        for action in plan.current_actions[:2]:
            action.due_on = (NOW + 65 * DAY).date()
        for action in session.scalars(select(PlanAction).where(PlanAction.plan_id != plan.id)):
            action.due_on = (NOW + 20 * DAY).date()
    book = workbook_of(database, home, ENGLISH)
    rows = rows_of(book["Actions"])
    assert {(row["Round"], row["Which plan"]) for row in rows} == {("Ronda 1", "earlier"), ("Ronda 2", "current")}
    late = [row["Round"] for row in rows if row["Late"]]
    assert late == ["Ronda 2"] * 2
    [team] = [row for row in rows_of(book["Teams"]) if row["Team"] == "Mesa de ayuda"]
    assert team["Actions late"] == len(late)


def test_figures_that_a_team_agreed_on_are_rounded_as_on_the_page(database):
    home = make_home(database)
    publish(database, home, home.team, [make_sheet(1, role=Role.CONSENSUS)], mode=RoundMode.CONSENSUS)
    book = workbook_of(database, home, ENGLISH)
    scores = {row["Name"]: row["Score"] for row in rows_of(book["Results"]) if isinstance(row["Score"], float)}
    assert scores
    assert scores == {name: round(score, 1) for name, score in scores.items()}
    [team] = rows_of(book["Teams"])
    pillars = load_questionnaire().pillars
    told = {pillar.name.en: team[pillar.short_name.en] for pillar in pillars}
    assert {name: told[name] for name in scores if name in told} == {
        name: scores[name] for name in scores if name in told
    }


@pytest.mark.parametrize("reader", [SPANISH, ENGLISH])
def test_sheets_can_be_worked_with(database, reader):
    home = furnish(database)
    book = workbook_of(database, home, reader)
    for sheet in book.worksheets[1:]:
        assert sheet.freeze_panes == "B2"
        assert sheet.auto_filter.ref
    published = [row[2] for row in book.worksheets[2].iter_rows(min_row=2, values_only=True)]
    assert all(isinstance(day, dt.datetime) for day in published)
    explained = {row[1] for row in book.worksheets[0].iter_rows(values_only=True)}
    headers = {cell.value for sheet in book.worksheets[1:] for cell in sheet[1]}
    assert headers <= explained, "every column is explained"


def test_no_text_is_a_formula(database):
    home = furnish(database)
    book = workbook_of(database, home)
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    assert not any(cell.data_type == "f" or cell.hyperlink for cell in cells)
    texts = {cell.value for cell in cells if isinstance(cell.value, str)}
    assert {"'" + FORMULA, "'+1+1", "'-Norte"} <= texts
    assert not any(text.startswith(("=", "+", "-", "@")) for text in texts)


def test_the_files_of_a_tag_tell_of_its_teams_alone_and_figures_over_all_stay_the_same(database):
    home = furnish(database)
    all_teams, chosen = workbook_of(database, home), workbook_of(database, home, tag="-norte")
    told = {cell.value for sheet in chosen.worksheets for row in sheet.iter_rows() for cell in row}
    assert "Mesa de ayuda" in told
    assert not {"Almacén", "Taller", "'" + FORMULA} & told
    over = [rows_of(book["Equipos"])[-1] for book in (all_teams, chosen)]
    words = [row.pop("Sin resultado, por qué") for row in over]
    assert words[0] != words[1], "under a tag the words say that it is not of its teams alone"
    assert over[0] == over[1]


@pytest.mark.parametrize(("reader", "said"), [(SPANISH, "Mesa de ayuda"), (ENGLISH, "Mesa de ayuda")])
def test_the_summary_is_a_few_tagged_pages_that_say_what_the_page_says(database, reader, said):
    home = furnish(database)
    with database.reading() as session:
        source = executive_source(
            session, access=access_to(session, home), wish=wish(FileKind.SUMMARY, reader), now=NOW + 70 * DAY
        )
    pdf = pypdf.PdfReader(io.BytesIO(build_pdf(source, reader)))
    assert 4 <= len(pdf.pages) <= 6
    assert "/StructTreeRoot" in pdf.root_object
    text = re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pdf.pages))
    assert said in text
    assert reader.number(source.over["language"].mean, 1) in text
    assert reader.gettext("What moved") in text


def test_a_file_is_for_whoever_asked_and_for_a_day(database):
    home = furnish(database)
    with database.writing() as session:
        access = get_access(session, user_id=home.user, organisation_id=home.organisation)
        job = request_file(session, access=access, wish=wish(FileKind.WORKBOOK), now=NOW)
        prepared = prepare_file(session, organisation_id=home.organisation, arguments=job.arguments, now=NOW)
        keep_file(session, job=job, prepared=prepared, content=b"PK", now=NOW)
        keep_file(session, job=job, prepared=prepared, content=b"PK", now=NOW)
        other = User(email="other@example.org", active=True, fs_uniquifier="other")
        session.add(other)
        session.flush()
        session.add(
            Membership(user_id=other.id, organisation_id=home.organisation, role=OrganisationRole.ADMINISTRATOR)
        )
        session.flush()
        assert get_file(session, access=access, file_id=job.id).content == b"PK"
        stranger = get_access(session, user_id=other.id, organisation_id=home.organisation)
        with pytest.raises(UnknownPortfolioFile):
            get_file(session, access=stranger, file_id=job.id)
        assert delete_old_files(session, now=NOW + dt.timedelta(hours=23)) == 0
        assert delete_old_files(session, now=NOW + dt.timedelta(hours=25)) == 1


def test_who_has_left_the_organisation_meanwhile_gets_no_file(database):
    home = furnish(database)
    with database.writing() as session:
        access = get_access(session, user_id=home.user, organisation_id=home.organisation)
        job = request_file(session, access=access, wish=wish(FileKind.WORKBOOK), now=NOW)
        session.query(Membership).filter_by(user_id=home.user).delete()
        with pytest.raises(JobFailed, match="not-allowed"):
            prepare_file(session, organisation_id=home.organisation, arguments=job.arguments, now=NOW)


def test_the_workbook_asks_as_much_of_the_database_for_two_teams_as_for_five(database):
    counts = []
    for teams in (2, 5):
        home = make_home(database, f"Alegra {teams}")
        for number in range(teams):
            publish(database, home, add_team(database, home, f"Equipo {number}"), sheets_around(3, 5, seed=number))
        with database.reading() as session, statements(database) as asked:
            workbook_source(session, access=access_to(session, home), wish=wish(FileKind.WORKBOOK), now=NOW)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_file_that_tells_of_a_team_goes_with_the_team(database):
    home = furnish(database)
    with database.writing() as session:
        access = get_access(session, user_id=home.user, organisation_id=home.organisation)
        job = request_file(session, access=access, wish=wish(FileKind.WORKBOOK), now=NOW)
        prepared = prepare_file(session, organisation_id=home.organisation, arguments=job.arguments, now=NOW)
        keep_file(session, job=job, prepared=prepared, content=b"PK", now=NOW)
        delete_team(
            session,
            organisation_id=home.organisation,
            team_id=home.team,
            typed="Mesa de ayuda",
            user_id=home.user,
            now=NOW,
        )
        with pytest.raises(UnknownPortfolioFile):
            get_file(session, access=access, file_id=job.id)
