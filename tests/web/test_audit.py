"""The log of an organisation: what gets into it, what never does, and who reads it."""

from __future__ import annotations

import csv
import datetime as dt
import io
import sqlite3

import pytest
from flask import Flask
from sqlalchemy import select, update

from assessment.domain.audit import GROUPS, Action
from assessment.infra.clock import utc_now
from assessment.services.retention import delete_what_is_over
from assessment.store.accounts import find_account
from assessment.store.audit import AuditEvent
from assessment.store.database import Database
from assessment.store.teams import Team
from assessment.web.audit.words import ACTION_WORDS, GROUP_WORDS
from assessment.web.auditing import CHANGED, EXEMPT, SEEN
from tests.web.client import PageClient
from tests.web.conftest import all_databases
from tests.web.round_answers import answer_round
from tests.web.test_deletion import open_with_answers
from tests.web.test_members import invite, member_address
from tests.web.test_results import publish_once
from tests.web.world import World

READS, WRITES = {"GET"}, {"POST", "PUT", "PATCH", "DELETE"}


def look(client: PageClient, address: str) -> int:
    """Also what happens once the answer has left."""
    with client.get(address) as response:
        response.get_data()
        return response.status_code


def results_of(world: World) -> str:
    """The address of the results of a round that twelve people answered."""
    return f"{publish_once(world)}/results"


def events(world: World) -> list[str]:
    """The actions in the log, the first one first."""
    with world.app.extensions["escala_database"].reading() as session:
        return list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.happened_at)))


def read_log(world: World, person: str = "administrator", query: str = "", language: str = "en") -> str:
    client = world.client(person, language)
    assert client.get(f"{world.address}/log{query}").status_code == 200
    return client.page.text


def test_every_route_of_an_organisation_is_in_the_log_or_says_why_not(app: Flask) -> None:
    ours = {
        rule.endpoint: set(rule.methods or ())
        for rule in app.url_map.iter_rules()
        if "organisation_id" in rule.arguments
    }
    for endpoint, methods in ours.items():
        if endpoint in EXEMPT:
            continue
        assert not methods & WRITES or endpoint in CHANGED, f"{endpoint}: say in web/auditing.py what it changes"
        assert not methods & READS or endpoint in SEEN or endpoint in CHANGED, (
            f"{endpoint}: … what it shows, or why not"
        )
    assert set(SEEN) | set(CHANGED) | set(EXEMPT) <= set(ours)
    assert not set(EXEMPT) & (set(SEEN) | set(CHANGED))


def test_every_action_has_its_words_and_one_group() -> None:
    assert set(ACTION_WORDS) == set(Action)
    assert set(GROUP_WORDS) == set(GROUPS)
    assert sorted(action for group in GROUPS.values() for action in group) == sorted(Action)


@all_databases
def test_who_saw_results_is_recorded_once_however_often_the_page_is_reloaded(world: World) -> None:
    address = results_of(world)
    viewer, manager = world.client("viewer"), world.client("manager")
    for client in (viewer, manager):
        for _again in range(3):
            assert look(client, address) == 200
        assert look(client, f"{address}/pillar?id=language") == 200
    assert events(world) == ["saw-results", "saw-results"]
    told = read_log(world)
    assert "viewer@example.com saw the results Mesa de ayuda · Ronda de noviembre" in told
    assert "manager@example.com saw the results" in told


def test_an_hour_later_it_is_recorded_anew(world: World) -> None:
    address, viewer = results_of(world), world.client("viewer")
    look(viewer, address)
    with world.app.extensions["escala_database"].writing() as session:
        (event,) = session.scalars(select(AuditEvent))
        event.happened_at -= dt.timedelta(hours=1, minutes=1)
    look(viewer, address)
    assert len(events(world)) == 2


def test_what_was_downloaded_is_recorded(world: World) -> None:
    address = publish_once(world)
    viewer = world.client("viewer")
    assert look(viewer, f"{address}/plan") == 200
    assert look(viewer, f"{address}/plan.pdf") == 200
    assert look(viewer, f"{address}/plan/calendar.ics") == 200
    assert look(viewer, f"{address}/results/slides.pptx") == 200
    assert set(events(world)) == {"saw-plan", "took-plan", "took-calendar", "took-slides"}
    assert "viewer@example.com downloaded the plan Mesa de ayuda" in read_log(world)


def test_a_refusal_a_redirect_and_a_page_that_shows_no_results_are_not_recorded(world: World) -> None:
    address = results_of(world)
    viewer, outsider = world.client("viewer"), world.client("outsider")
    for path in (world.address, world.team_address, f"{world.team_address}/rounds", f"{world.address}/members", "/"):
        look(viewer, path)
    assert look(outsider, address) == 404
    assert events(world) == []


@all_databases
def test_changes_are_recorded_with_who_and_what(world: World) -> None:
    administrator = world.client("administrator")
    administrator.get(f"{world.team_address}/edit")
    assert administrator.fill({"size": "14"}).status_code == 303
    administrator.get(member_address(administrator, world, "viewer@example.com"))
    administrator.fill({"role": "leadership"})
    administrator.get(f"{member_address(administrator, world, 'manager@example.com')}/remove")
    administrator.fill()
    administrator.get(f"{world.address}/edit")
    administrator.fill({"name": "Clínica nueva"})
    assert events(world) == ["changed-team", "changed-role", "removed-member", "changed-organisation"]
    told = read_log(world)
    for words in (
        "administrator@example.com changed the team: how many people it has Mesa de ayuda",
        "administrator@example.com changed what viewer@example.com may do. Role: Leadership (before: Viewer)",
        "administrator@example.com removed manager@example.com from the organisation",
    ):
        assert words in told


def test_a_form_that_was_not_taken_is_not_recorded(world: World) -> None:
    administrator = world.client("administrator")
    world.add_team("Ventas")
    administrator.get(f"{world.team_address}/edit")
    assert administrator.fill({"name": "Ventas"}).status_code == 200
    assert administrator.fill({"size": "0"}).status_code == 200
    administrator.get(f"{world.team_address}/delete")
    assert administrator.fill({"typed": "Something else"}).status_code == 200
    assert events(world) == []


def test_the_life_of_a_round_is_recorded_and_nothing_of_those_who_answer(world: World) -> None:
    manager = world.client("manager")
    manager.get(f"{world.team_address}/rounds/new")
    address = manager.fill({}).headers["Location"]
    assert events(world) == ["opened-round"]
    manager.get(address)
    link = next(word for word in manager.page.text.split() if "/r/" in word)
    answer_round(world.app, link.rpartition("/r/")[2], 12)
    assert events(world) == ["opened-round"], "nobody's answer is in the log"
    for act in ("stop", "publish"):
        manager.get(f"{address}/{act}")
        with manager.fill({"confirmed": "y"}) as response:
            assert response.status_code == 303
    assert events(world) == ["opened-round", "stopped-round", "published-round"]
    with world.app.extensions["escala_database"].reading() as session:
        for event in session.scalars(select(AuditEvent)):
            assert event.detail == ""
            assert event.about_user_id is None


def test_stopping_and_publishing_at_once_is_told_as_what_it_led_to(world: World) -> None:
    token = world.open_round()
    answer_round(world.app, token, 12)
    manager = world.client("manager")
    manager.get(f"{world.team_address}/rounds")
    address = next(
        link for link in manager.page.links if link.startswith(f"{world.team_address}/rounds/") and "new" not in link
    )
    manager.get(f"{address}/close")
    with manager.fill({"confirmed": "y"}) as response:
        assert response.status_code == 303
    assert events(world) == ["published-round"]


def test_edits_of_a_plan_are_one_row_a_sitting(world: World) -> None:
    address = publish_once(world)
    manager = world.client("manager")
    for again in range(3):
        manager.get(f"{address}/plan")
        assert manager.fill({"act": "save", "editor": f"A{again}"}).status_code == 303
    assert events(world).count("changed-plan") == 1


def test_an_invitation_tells_whom_as_long_as_the_address_is_kept(world: World) -> None:
    administrator = world.client("administrator")
    invite(administrator, world, "eva@example.org", "viewer")
    assert "administrator@example.com invited eva@example.org. Role: Viewer. Teams: all" in read_log(world)
    administrator.get(f"{world.address}/members")
    administrator.fill(
        form=next(at for at, form in enumerate(administrator.page.forms) if form["action"].endswith("/withdraw"))
    )
    told = read_log(world)
    assert "administrator@example.com invited somebody. Role: Viewer" in told
    assert "eva@example.org" not in told, "who withdraws an invitation takes the address out of the log"


def test_who_was_invited_and_has_joined_is_named(world: World) -> None:
    administrator = world.client("administrator")
    link = invite(administrator, world, "ana@example.org", "viewer")
    ana = world.client()
    ana.get(link)
    ana.fill({"password": "frase nueva y muy larga"})
    assert events(world) == ["invited", "joined"]
    told = read_log(world)
    assert "administrator@example.com invited ana@example.org. Role: Viewer" in told
    assert "ana@example.org joined the organisation. Role: Viewer" in told
    with world.app.extensions["escala_database"].reading() as session:
        assert not any("ana@" in event.detail for event in session.scalars(select(AuditEvent))), "no names are kept"


@all_databases
def test_a_change_of_teams_says_which(world: World) -> None:
    world.add_people_of_one_team()
    caja = world.add_team("Caja")
    administrator = world.client("administrator")
    administrator.get(member_address(administrator, world, "own-manager@example.com"))
    administrator.fill({f"team-{caja}": "y"})
    words = "changed what own-manager@example.com may do. Role: Manager. Teams: Caja and Mesa de ayuda (before: Mesa"
    assert words in read_log(world)
    assert "Equipos: Caja y Mesa de ayuda (antes: Mesa de ayuda)" in read_log(world, language="es")
    with world.app.extensions["escala_database"].writing() as session:
        session.execute(update(Team).where(Team.id == caja).values(name="Caja Norte"))
    assert "Teams: Caja Norte and Mesa de ayuda" in read_log(world)


def test_settings_tags_and_moments_of_a_team_are_told_apart(world: World) -> None:
    manager = world.client("manager")
    for change in ({"tags": "Norte"}, {"name": "Ayuda", "renew_points": "y", "kind": "shop"}):
        manager.get(f"{world.team_address}/edit")
        manager.fill(change)
    told = read_log(world)
    assert "changed the team: its tags" in told
    assert "changed the team: its name, its kind, and its moments" in told


def test_teams_from_a_list_campaigns_and_files_say_which(world: World) -> None:
    manager = world.client("manager")
    manager.get(f"{world.address}/teams/several")
    manager.fill({"lines": "Caja;12;shop\nBodega;9;shop"}, form=-1)
    manager.fill(form=-1)
    assert "manager@example.com added several teams from a list: Bodega and Caja" in read_log(world)
    manager.get(f"{world.address}/campaigns/new")
    manager.fill({"name": "Otoño"}, form=-1)
    manager.fill({"act": "open"}, form=-1)
    assert "manager@example.com opened the campaign “Otoño”. Rounds: 3" in read_log(world)
    assert "abrió la campaña «Otoño». Rondas: 3" in read_log(world, language="es")
    for kind in ("workbook", "summary"):
        manager.get(f"{world.address}/portfolio")
        token = manager.page.forms[-1]["data"]["csrf_token"]
        manager.post(f"{world.address}/portfolio/files", data={"csrf_token": token, "kind": kind, "tag": "Norte"})
    told = read_log(world)
    assert "had the workbook of the teams made (XLSX). Tag: one that no team has any more" in told
    assert "had the summary of the teams made (PDF)" in told


def test_lines_of_earlier_versions_still_read_well(world: World) -> None:
    now = utc_now()
    with world.app.extensions["escala_database"].writing() as session:
        account = find_account(session, "manager@example.com")
        assert account
        for action, detail in (
            ("changed-role", "viewer"),
            ("invited", "manager"),
            ("shared-plan", "stopped"),
            ("shared-plan", "shared"),
            ("changed-team", ""),
            ("opened-campaign", ""),
            ("added-teams", ""),
            ("took-portfolio", ""),
        ):
            session.add(
                AuditEvent(
                    organisation_id=world.organisation,
                    happened_at=now,
                    user_id=account.id,
                    action=action,
                    kind="organisation",
                    detail=detail,
                )
            )
    told = read_log(world)
    for words in (
        "changed what somebody whose account is gone may do. Role: Viewer",
        "invited somebody. Role: Manager",
        "stopped sharing the plan",
        "shared the plan by its link",
        "name, size, kind or tags",
        "opened a campaign",
        "added several teams from a list",
        "downloaded the summary or the workbook of the teams",
    ):
        assert words in told


def test_whose_account_is_deleted_has_no_name_in_the_log(world: World) -> None:
    address = results_of(world)
    look(world.client("viewer"), address)
    with world.app.extensions["escala_database"].writing() as session:
        account = find_account(session, "viewer@example.com")
        session.delete(account)
    told = read_log(world)
    assert "Somebody whose account is gone saw the results" in told
    assert "viewer@example.com" not in told


def test_a_deleted_team_has_no_name_in_the_log(world: World) -> None:
    open_with_answers(world, 3)
    administrator = world.client("administrator")
    administrator.get(f"{world.team_address}/edit")
    administrator.fill({"name": "Mesa especial"})
    administrator.get(f"{world.team_address}/delete")
    administrator.fill({"typed": "Mesa especial"})
    told = read_log(world)
    assert "changed the team: its name a team that is deleted" in told
    assert "deleted a team" in told
    assert "Mesa especial" not in told


def test_the_log_is_narrowed_down_to_a_person_and_to_a_kind(world: World) -> None:
    address = results_of(world)
    look(world.client("viewer"), address)
    look(world.client("manager"), address)
    manager = world.client("manager")
    manager.get(f"{world.team_address}/edit")
    manager.fill({"size": "14"})
    administrator = world.client("administrator")
    administrator.get(f"{world.address}/log")
    assert administrator.fill({"what": "teams"}, form=-1).status_code == 200
    assert "changed the team" in administrator.page.text
    assert "saw the results" not in administrator.page.text
    html = administrator.get(f"{world.address}/log").get_data(as_text=True)
    viewer = html.partition("viewer@example.com</option>")[0].rpartition('value="')[2].partition('"')[0]
    administrator.get(f"{world.address}/log?person={viewer}")
    assert "viewer@example.com saw the results" in administrator.page.text
    assert "manager@example.com saw" not in administrator.page.text
    for nonsense in ("?person=1&what=everything", "?page=99999", "?person=%00", "?page=x"):
        assert administrator.get(f"{world.address}/log{nonsense}").status_code in (200, 404)


def test_a_long_log_comes_in_pages_newest_first(world: World) -> None:
    now = utc_now()
    with world.app.extensions["escala_database"].writing() as session:
        account = find_account(session, "manager@example.com")
        assert account
        for minute in range(60):
            session.add(
                AuditEvent(
                    organisation_id=world.organisation,
                    happened_at=now - dt.timedelta(minutes=minute),
                    user_id=account.id,
                    action="left" if minute == 59 else "changed-look",
                    kind="organisation",
                )
            )
    first = read_log(world)
    assert "left the organisation" not in first
    assert "Page 1 of 2" in first
    assert "left the organisation" in read_log(world, query="?page=2")


def test_the_log_is_downloaded_as_a_table_in_which_nothing_is_a_formula(world: World) -> None:
    look(world.client("viewer"), results_of(world))
    administrator = world.client("administrator")
    administrator.get(f"{world.team_address}/edit")
    administrator.fill({"name": "=HYPERLINK(1)"})
    with administrator.get(f"{world.address}/log/log.csv") as answer:
        assert answer.mimetype == "text/csv"
        rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=","))
    assert rows[0] == ["When", "Who", "What", "Where"]
    assert [row[1:3] for row in rows[1:]] == [
        ["administrator@example.com", "changed the team: its name"],
        ["viewer@example.com", "saw the results"],
    ]
    assert rows[1][3] == "'=HYPERLINK(1)"
    with administrator.get(f"{world.address}/log/log.csv?what=teams") as answer:
        assert b"saw the results" not in answer.data
    assert events(world).count("took-log") == 1


@pytest.mark.parametrize("person", ["manager", "viewer"])
def test_only_administrators_read_the_log(world: World, person: str) -> None:
    client = world.client(person)
    assert client.get(f"{world.address}/log").status_code == 403
    client.get(world.address)
    assert f"{world.address}/log" not in client.page.links


def test_another_organisation_finds_nothing_of_ours_in_its_log(world: World) -> None:
    look(world.client("viewer"), results_of(world))
    outsider = world.client("outsider")
    assert outsider.get(f"{world.address}/log").status_code == 404
    outsider.get(f"/organisations/{world.other_organisation}/log")
    assert "Nothing yet." in outsider.page.text


def test_the_log_is_read_in_spanish(world: World) -> None:
    look(world.client("viewer"), results_of(world))
    told = read_log(world, language="es")
    assert "viewer@example.com vio los resultados" in told
    assert "saw" not in told


def test_a_word_that_this_version_does_not_know_does_not_break_the_page(world: World) -> None:
    with world.app.extensions["escala_database"].writing() as session:
        session.add(
            AuditEvent(organisation_id=world.organisation, happened_at=utc_now(), action="flew", kind="organisation")
        )
    assert "did something that this version of Escala does not know" in read_log(world)


@pytest.mark.own_app
def test_a_database_that_takes_nothing_keeps_nobody_from_reading(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    address, viewer = results_of(world), world.client("viewer")

    def is_locked(self: Database) -> None:
        raise sqlite3.OperationalError("database is locked")

    monkeypatch.setattr(Database, "writing", is_locked)
    assert look(viewer, address) == 200
    monkeypatch.undo()
    assert events(world) == []
    logged = capsys.readouterr()
    assert "what was seen could not be recorded" in logged.out + logged.err
    assert "viewer@example.com" not in logged.out + logged.err


@all_databases
def test_the_log_is_kept_for_two_years(world: World) -> None:
    database, now = world.app.extensions["escala_database"], utc_now()
    with database.writing() as session:
        for days in (1, 700, 760):
            session.add(
                AuditEvent(
                    organisation_id=world.organisation,
                    happened_at=now - dt.timedelta(days=days),
                    action="left",
                    kind="organisation",
                )
            )
    delete_what_is_over(database, now=now)
    assert len(events(world)) == 2


def test_people_are_told_that_it_is_recorded(world: World) -> None:
    viewer = world.client("viewer")
    viewer.get("/account")
    assert "is recorded for those who administer it" in viewer.page.text
