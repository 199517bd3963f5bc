"""Teams and organisations: names, points, targets, and who may work on them."""

from __future__ import annotations

import math
import uuid
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from assessment.domain.access import OrganisationRole, Permission
from assessment.infra.countries import COUNTRIES
from assessment.services.access import NotAllowed, get_access
from assessment.services.organisations import change_organisation
from assessment.services.teams import (
    InvalidPoints,
    InvalidTarget,
    TeamNameTaken,
    TeamPoint,
    UnknownTeam,
    change_team,
    create_team,
    get_team,
    set_points,
    set_targets,
)
from assessment.store.latest_rounds import count_teams
from assessment.store.organisations import Membership, Organisation, role_in
from tests.services.build import NOW, make_home


def make_team(database, home, name, points=()):
    with database.writing() as session:
        return create_team(
            session, organisation_id=home.organisation, name=name, size=8, kind="shop", points=points, now=NOW
        ).id


def test_a_name_is_kept_as_one_clean_line_and_used_once(database):
    home = make_home(database)
    first = make_team(database, home, "  Ventas \x00 del\n norte ")
    with database.reading() as session:
        assert get_team(session, organisation_id=home.organisation, team_id=first).name == "Ventas del norte"
    with pytest.raises(TeamNameTaken):
        make_team(database, home, "Ventas  del norte")
    with pytest.raises(TeamNameTaken), database.writing() as session:
        change_team(session, organisation_id=home.organisation, team_id=first, name="Mesa de ayuda", size=3, now=NOW)
    assert make_team(database, make_home(database, "Otra"), "Ventas del norte")


def test_the_name_of_an_organisation_is_one_clean_line_too(database):
    """It stands in e-mail to people who know nothing of it."""
    home = make_home(database, "Alegra\r\nBcc: otra@example.org\r\n\r\nCompre ya")
    with database.writing() as session:
        organisation = session.get_one(Organisation, home.organisation)
        assert organisation.name == "Alegra Bcc: otra@example.org Compre ya"
        change_organisation(
            session,
            organisation=organisation,
            name="Otra\n línea",
            country=COUNTRIES["CO"],
            language="es",
            minimum_group=5,
        )
        assert organisation.name == "Otra línea"


@pytest.mark.both_databases
def test_of_two_teams_made_at_once_with_one_name_one_is_refused(database):
    home = make_home(database)
    together = Barrier(6)

    def make(_):
        together.wait()
        try:
            return make_team(database, home, "Ventas")
        except TeamNameTaken:
            return None

    with ThreadPoolExecutor(6) as threads:
        created = [team for team in threads.map(make, range(6)) if team]
    assert len(created) == 1


def test_points_need_a_name_and_an_id_of_their_own(database):
    home = make_home(database)
    good = TeamPoint("a", "Llegada", "beginning")
    for wrong in (TeamPoint("a", "Otra", "end"), TeamPoint("", "Otra", "end"), TeamPoint("b", " \n ", "end")):
        with pytest.raises(InvalidPoints), database.writing() as session:
            set_points(session, organisation_id=home.organisation, team_id=home.team, points=[good, wrong])
    with database.reading() as session:
        assert len(get_team(session, organisation_id=home.organisation, team_id=home.team).points) > 2


@pytest.mark.parametrize("targets", [{"voice": 0.9}, {"voice": 5.1}, {"voice": math.nan}, {"weather": 4.0}])
def test_a_target_lies_on_the_scale_of_a_pillar(database, targets):
    home = make_home(database)
    with pytest.raises(InvalidTarget), database.writing() as session:
        set_targets(session, organisation_id=home.organisation, team_id=home.team, targets=targets)
    with database.writing() as session:
        set_targets(session, organisation_id=home.organisation, team_id=home.team, targets={"voice": 4.5})


def test_an_outsider_is_told_nothing_not_even_that_it_exists(database):
    home, other = make_home(database), make_home(database, "Otra")
    with database.writing() as session:
        access = get_access(session, user_id=home.user, organisation_id=home.organisation)
        assert access.organisation.name == "Alegra"
        for organisation_id in (other.organisation, uuid.uuid4()):
            with pytest.raises(NotAllowed):
                get_access(session, user_id=home.user, organisation_id=organisation_id)
        with pytest.raises(UnknownTeam):
            get_team(session, organisation_id=other.organisation, team_id=home.team)
        for change in (
            lambda: change_team(
                session, organisation_id=other.organisation, team_id=home.team, name="x", size=1, now=NOW
            ),
            lambda: set_points(session, organisation_id=other.organisation, team_id=home.team, points=[]),
            lambda: set_targets(session, organisation_id=other.organisation, team_id=home.team, targets={}),
        ):
            with pytest.raises(UnknownTeam):
                change()
        assert count_teams(session, home.organisation) == 1


def test_a_viewer_of_one_organisation_is_no_manager_of_it(database):
    home, other = make_home(database), make_home(database, "Otra")
    with database.writing() as session:
        viewer = Membership(user_id=other.user, organisation_id=home.organisation, role=OrganisationRole.VIEWER)
        session.add(viewer)
    with database.reading() as session:
        assert role_in(session, other.user, home.organisation) is OrganisationRole.VIEWER
        access = get_access(session, user_id=other.user, organisation_id=home.organisation)
        assert access.may(Permission.SEE_RESULTS)
        assert not access.may(Permission.MANAGE_ROUNDS)
