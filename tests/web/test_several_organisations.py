"""Who works with several organisations, such as a consultant: a start page, settings and moments, never mixed."""

from __future__ import annotations

import re
import uuid
from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from assessment.catalogue.catalogue import load_team_kinds
from assessment.domain.access import OrganisationRole
from assessment.infra.clock import utc_now
from assessment.infra.countries import COUNTRIES
from assessment.services.organisations import create_organisation
from assessment.services.team_points import points_of
from assessment.services.teams import TeamPoint, create_team, first_points, points_of_kind, set_points
from assessment.store.accounts import User
from assessment.store.audit import AuditEvent
from assessment.store.consultancies import find_of_organisation
from assessment.store.members import set_teams_of_membership
from assessment.store.organisations import Membership, Organisation
from assessment.store.teams import Team
from tests.infra.test_pictures import picture
from tests.printing import words_of_pdf
from tests.web.client import PageClient
from tests.web.conftest import all_databases
from tests.web.world import NOW, World

KIND = load_team_kinds()[0]
CAJA = (TeamPoint("queue", "Fila de la caja", "beginning"), TeamPoint("payment", "Pago", "end"))
HOSTILE = "<b>Faro</b> شركة & Cía."


def account(world: World, person: str) -> int:
    with world.app.extensions["escala_database"].reading() as session:
        found_id: int = session.scalars(select(User.id).where(User.email == f"{person}@example.com")).one()
        return found_id


def found(world: World, person: str, name: str, *teams: str) -> uuid.UUID:
    """Another organisation, which this person administers."""
    founder = account(world, person)
    with world.app.extensions["escala_database"].writing() as session:
        made = create_organisation(
            session, name=name, country=COUNTRIES["MX"], language="es", founder_id=founder, now=NOW
        )
        points = points_of_kind(KIND, "es")
        for team in teams:
            create_team(session, organisation_id=made.id, name=team, size=9, kind=KIND.id, points=points, now=NOW)
        return made.id


def join(
    world: World, person: str, organisation: uuid.UUID, role: OrganisationRole, *, only: tuple[uuid.UUID, ...] = ()
) -> None:
    user_id = account(world, person)
    with world.app.extensions["escala_database"].writing() as session:
        member = Membership(user_id=user_id, organisation_id=organisation, role=role, has_all_teams=not only)
        session.add(member)
        session.flush()
        if only:
            set_teams_of_membership(session, member, only)


def told(world: World, organisation: uuid.UUID) -> list[tuple[str, str]]:
    """What an organisation's log has, with its details."""
    with world.app.extensions["escala_database"].reading() as session:
        events = select(AuditEvent).where(AuditEvent.organisation_id == organisation).order_by(AuditEvent.action)
        return [(event.action, event.detail) for event in session.scalars(events)]


def give_moments(world: World, organisation: uuid.UUID, name: str, points: tuple[TeamPoint, ...] = CAJA) -> uuid.UUID:
    with world.app.extensions["escala_database"].writing() as session:
        team = session.scalars(select(Team).where(Team.organisation_id == organisation, Team.name == name)).one()
        set_points(session, organisation_id=organisation, team_id=team.id, points=points)
        team_id: uuid.UUID = team.id
        return team_id


@pytest.mark.parametrize(
    ("language", "counts"), [("es", "1 equipo · 1 ronda abierta"), ("en", "1 team · 1 round open")]
)
def test_the_start_page_is_by_organisation_with_one_step_that_is_most_pressing(
    world: World, language: str, counts: str
) -> None:
    client = world.client("manager", language)
    client.get("/")
    other = found(world, "manager", "Aaa <i>Hotel</i>", "Otra")
    world.open_round()
    html = client.get("/").text
    assert counts in client.page.text
    assert "Aaa <i>Hotel</i>" in client.page.text
    assert "<i>" not in html
    assert html.index(world.address) < html.index(f"/organisations/{other}"), "sharing comes before a first round"
    assert "/organisations/import" in client.page.links
    solid = re.findall(r'<a class="button" href="([^"]*)"', html)
    assert len(solid) == 1
    assert str(world.team) in solid[0]
    assert "Other" not in client.page.text
    assert "Secret team" not in client.page.text


def test_who_reads_alone_has_nothing_to_press_and_counts_only_the_own_teams(world: World) -> None:
    join(world, "viewer", world.other_organisation, OrganisationRole.VIEWER, only=(world.other_team,))
    with world.app.extensions["escala_database"].writing() as session:
        points = points_of_kind(KIND, "en")
        create_team(
            session,
            organisation_id=world.other_organisation,
            name="Hidden from you",
            size=9,
            kind=KIND.id,
            points=points,
            now=NOW,
        )
    client = world.client("viewer")
    html = client.get("/").text
    assert "Secret team: No first round yet." in client.page.text
    assert "1 team" in client.page.text
    assert "2 teams" not in client.page.text
    assert "Hidden from you" not in client.page.text
    assert '<a class="button" href' not in html


def test_from_eight_on_an_organisation_is_found_by_its_name_or_that_of_a_team(world: World) -> None:
    for number in range(6):
        found(world, "manager", f"Cliente {number}", f"Equipo {number}")
    client = world.client("manager")
    client.get("/")
    assert not any(form["method"] == "get" for form in client.page.forms)
    found(world, "manager", "Panadería Ñandú", "Horno")
    client.get("/")
    client.get("/?name=panaderia")
    assert "Panadería Ñandú" in client.page.text
    assert "Cliente 1" not in client.page.text
    client.get("/?name=EQUIPO+3")
    assert "Cliente 3" in client.page.text
    assert "Panadería" not in client.page.text
    client.get("/?name=secret")
    assert "No organisation and no team has “secret” in its name." in client.page.text


def test_a_page_says_in_which_organisation_one_is_and_leads_to_ones_others_alone(world: World) -> None:
    client = world.client("manager")
    client.get(world.address)
    assert "You are working in" not in client.page.text
    other = found(world, "manager", "Hotel Luna")
    client.get(world.team_address)
    assert "You are working in Clínica del Valle" in client.page.text
    assert f"/organisations/{other}" in client.page.links
    assert f"/organisations/{world.other_organisation}" not in client.page.links


def test_what_rounds_and_documents_begin_with_is_set_once(world: World) -> None:
    client = world.client("administrator")
    client.get(f"{world.address}/edit")
    answer = client.fill({"questionnaires": ["service-culture-rubrics"], "paper": "a4", "document_language": "es"})
    assert answer.status_code == 303
    client.get(f"{world.team_address}/rounds/new")
    assert client.page.forms[-1]["data"]["questionnaires"] in ("service-culture-rubrics", ["service-culture-rubrics"])
    client.get(f"{world.team_address}/paper-kit")
    kit = client.page.forms[-1]["data"]
    assert (kit["language"], kit["paper"]) == ("es", "a4")
    sheet = client.get(f"{world.team_address}/paper-kit/ballots.pdf", follow_redirects=True)
    assert "No sé" in words_of_pdf(sheet.data)
    assert round(PdfReader(BytesIO(sheet.data)).pages[0].mediabox.width) == 595, "as wide as A4"
    client.get(f"{world.address}/edit")
    client.fill({"questionnaires": ["service-culture", "service-culture-rubrics"]})
    assert "cannot be asked in the same round" in client.page.text
    client.get(f"{world.address}/edit")
    assert client.fill({"paper": "a5"}).status_code == 200, "no paper that there is"


def open_consultancy(world: World, person: str = "administrator", language: str = "en") -> PageClient:
    client = world.client(person, language)
    assert client.get(f"{world.address}/consultancy").status_code == 200
    return client


def press(client: PageClient, act: str) -> None:
    form = next(at for at, form in enumerate(client.page.forms) if form["data"].get("act") == act)
    answer = client.fill(form=form)
    client.get(answer.headers["Location"])


def write(client: PageClient, name: str, logo: bytes = b"") -> int:
    form = next(at for at, form in enumerate(client.page.forms) if "name" in form["data"])
    sent = {"name": name, "logo": (BytesIO(logo), "logo.png")} if logo else {"name": name}
    answer = client.fill(sent, form=form)
    if answer.status_code == 303:
        client.get(answer.headers["Location"])
    return answer.status_code


@all_databases
def test_a_consultant_puts_name_and_logo_on_documents_and_an_administrator_takes_them_away(world: World) -> None:
    consultant = world.client("administrator", "es")
    consultant.get("/account/consultancy")
    assert write(consultant, HOSTILE, picture(size=(900, 100))) == 303
    sheet = f"{world.team_address}/paper-kit/ballots.pdf?language=es"
    assert "acompañamiento" not in words_of_pdf(consultant.get(sheet, follow_redirects=True).data)
    consultant.get(f"{world.address}/consultancy")
    assert "<b>Faro</b>" in consultant.page.text
    press(consultant, "take-over")
    printed = words_of_pdf(consultant.get(sheet, follow_redirects=True).data)
    assert "Con el acompañamiento de" in printed
    assert "<b>Faro</b>" in printed
    # What the consultant changes later changes nothing for the organisation until somebody presses again.
    consultant.get("/account/consultancy")
    assert write(consultant, "Otra firma") == 303
    assert "Otra firma" not in words_of_pdf(consultant.get(sheet, follow_redirects=True).data)
    colleague = open_consultancy(world)
    press(colleague, "remove")
    assert "Nobody at the moment." in colleague.page.text
    assert "acompañamiento" not in words_of_pdf(consultant.get(sheet, follow_redirects=True).data)
    assert ("changed-consultancy", "") in told(world, world.organisation)


def test_bad_names_and_logos_of_consultancies_change_nothing(world: World) -> None:
    client = open_consultancy(world)
    assert write(client, "Faro", b"<svg xmlns='http://www.w3.org/2000/svg'/>") == 200
    assert "Send a PNG or JPEG file." in client.page.text
    client.get(f"{world.address}/consultancy")
    assert write(client, " ") == 200
    assert "Please write the name as documents should show it." in client.page.text
    client.get(f"{world.address}/consultancy")
    assert write(client, "x" * 61) == 200
    assert client.get(f"{world.address}/consultancy/logo").status_code == 404
    with world.app.extensions["escala_database"].reading() as session:
        assert find_of_organisation(session, world.organisation) is None
    for person in ("manager", "viewer"):
        assert world.client(person).get(f"{world.address}/consultancy").status_code == 403


def test_a_button_on_a_page_that_is_behind_does_nothing(world: World) -> None:
    first, second = open_consultancy(world), open_consultancy(world)
    write(first, "Faro")
    first.get(f"{world.address}/consultancy")
    second.get(f"{world.address}/consultancy")
    write(first, "Otra")
    press(second, "remove")
    assert "Look at them, then try again." in second.page.text
    with world.app.extensions["escala_database"].reading() as session:
        stored = find_of_organisation(session, world.organisation)
        assert stored is not None
        assert stored.name == "Otra"


def test_a_new_organisation_begins_like_the_last_one_and_takes_nothing_else_along(world: World) -> None:
    give_moments(world, world.organisation, "Mesa de ayuda")
    client = world.client("administrator")
    client.get(f"{world.address}/edit")
    client.fill({"minimum_group": "7", "paper": "a4"})
    write(open_consultancy(world), "Faro")
    client.get("/organisations/new")
    assert f"/organisations/new?like={world.organisation}" in client.page.links
    assert "/organisations/import" in client.page.links
    client.get(f"/organisations/new?like={world.organisation}")
    for words in (
        "It begins like Clínica del Valle",
        "Fila de la caja · Pago",
        "Faro",
        "7",
        "A4",
        "no people, no teams",
    ):
        assert words in client.page.text
    assert client.page.forms[-1]["data"]["country"] == "CO"
    made = uuid.UUID(client.fill({"name": "Hotel Luna"}).headers["Location"].rpartition("/")[2])
    with world.app.extensions["escala_database"].reading() as session:
        organisation = session.get_one(Organisation, made)
        assert (organisation.minimum_group, organisation.paper) == (7, "a4")
        assert first_points(organisation, KIND) == CAJA
        consultancy = find_of_organisation(session, made)
        assert consultancy is not None
        assert consultancy.name == "Faro"
        assert session.scalars(select(Team).where(Team.organisation_id == made)).all() == []
        members = session.scalars(select(Membership.user_id).where(Membership.organisation_id == made)).all()
        assert members == [account(world, "administrator")]
    client.get(f"/organisations/{made}/teams/new")
    client.fill({"name": "Caja", "size": "9", "kind": KIND.id})
    with world.app.extensions["escala_database"].reading() as session:
        assert points_of(session.scalars(select(Team).where(Team.organisation_id == made)).one()) == CAJA
    # Its log says that settings were copied, and neither names nor hints at where to.
    assert ("copied-settings", "") in told(world, world.organisation)
    client.get(f"/organisations/{made}/edit")
    assert "Fila de la caja" in client.page.text
    client.fill({"forget_moments": "y"})
    with world.app.extensions["escala_database"].reading() as session:
        assert first_points(session.get_one(Organisation, made), KIND) == points_of_kind(KIND, "es")


def test_what_is_copied_is_what_the_page_said_and_only_from_what_one_administers(world: World) -> None:
    client = world.client("administrator")
    client.get(f"/organisations/new?like={world.organisation}")
    with world.app.extensions["escala_database"].writing() as session:
        session.get_one(Organisation, world.organisation).minimum_group = 9
    assert client.fill({"name": "Hotel Luna"}).status_code == 200
    assert "What would be copied has changed meanwhile." in client.page.text
    assert client.fill({"name": "Hotel Luna"}).status_code == 303
    for person, like in (
        ("administrator", world.other_organisation),
        ("manager", world.organisation),
        ("viewer", world.organisation),
        ("manager", uuid.uuid4()),
        ("manager", "' OR 1=1 --"),
    ):
        stranger = world.client(person)
        assert stranger.get(f"/organisations/new?like={like}").status_code == 404, person
        stranger.get("/organisations/new")
        sent = {**stranger.page.forms[-1]["data"], "name": "Robo", "country": "CO"}
        assert stranger.post(f"/organisations/new?like={like}", data=sent).status_code == 404, person
    with world.app.extensions["escala_database"].reading() as session:
        assert session.scalars(select(Organisation).where(Organisation.name == "Robo")).all() == []


@all_databases
def test_moments_come_from_another_organisation_as_text_and_both_logs_tell_of_it_without_names(world: World) -> None:
    other = found(world, "manager", "Hotel Luna", "Caja")
    caja = give_moments(world, other, "Caja")
    client = world.client("manager")
    client.get(f"{world.team_address}/points/copy")
    address = f"{world.team_address}/points/copy?of={other}"
    assert address in client.page.links
    client.get(address)
    assert "These are moments of Hotel Luna, another organisation of yours." in client.page.text
    assert "Moments of another organisation" not in client.page.text, "there is none but the one that is shown"
    assert f"{world.team_address}/points/copy" in client.page.links, "the way back to one's own"
    assert client.fill({"from_team": str(caja)}).status_code == 303
    with world.app.extensions["escala_database"].reading() as session:
        assert points_of(session.get_one(Team, world.team)) == CAJA
        [event] = session.scalars(select(AuditEvent).where(AuditEvent.action == "copied-points")).all()
        assert (event.organisation_id, event.object_id) == (other, caja)
    assert ("changed-points", '{"parts":["from-elsewhere"]}') in told(world, world.organisation)
    administrator = world.client("administrator")
    administrator.get(f"{world.address}/log")
    assert "copied their text from another organisation of theirs" in administrator.page.text
    assert "Hotel Luna" not in administrator.page.text
    assert "Caja" not in administrator.page.text
    client.get(f"/organisations/{other}/log")
    assert "copied the text of the team’s moments to another organisation of theirs" in client.page.text
    assert "Clínica" not in client.page.text.replace("You are working in Hotel Luna Clínica del Valle", "")


def test_moments_of_others_cannot_be_had_whatever_the_address_says(world: World) -> None:
    """The attacks: another tenant's id, a team that one is not of there, a role that may not change anything here."""
    give_moments(world, world.other_organisation, "Secret team")
    client = world.client("manager")
    address = f"{world.team_address}/points/copy?of={world.other_organisation}"
    assert client.get(address).status_code == 404
    client.get(f"{world.team_address}/points/copy")
    token = client.page.forms[0]["data"]["csrf_token"]
    assert client.post(address, data={"csrf_token": token, "from_team": str(world.other_team)}).status_code == 404
    with world.app.extensions["escala_database"].writing() as session:
        hidden = create_team(
            session,
            organisation_id=world.other_organisation,
            name="Hidden from you",
            size=9,
            kind=KIND.id,
            points=(TeamPoint("safe", "Caja fuerte", "end"),),
            now=utc_now(),
        ).id
    join(world, "manager", world.other_organisation, OrganisationRole.VIEWER, only=(world.other_team,))
    client.get(address)
    assert "Fila de la caja" in client.page.text
    assert "Caja fuerte" not in client.page.text
    assert client.fill({"from_team": str(hidden)}).status_code == 200
    with world.app.extensions["escala_database"].reading() as session:
        assert points_of(session.get_one(Team, world.team)) == points_of_kind(KIND, "es")
    there = f"/organisations/{world.other_organisation}/teams/{world.other_team}/points/copy?of={world.organisation}"
    assert client.get(there).status_code == 403
