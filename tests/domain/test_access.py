"""Who may do what."""

from __future__ import annotations

import pytest

from assessment.domain.access import GRANTED, OrganisationRole, Permission, is_of_all_teams, may


@pytest.mark.parametrize("permission", Permission)
def test_an_outsider_may_nothing(permission):
    assert not may(None, permission)


@pytest.mark.parametrize("permission", Permission)
def test_an_administrator_may_everything(permission):
    assert may(OrganisationRole.ADMINISTRATOR, permission)


def test_every_role_is_in_the_table_and_may_all_that_the_lesser_one_may():
    assert set(GRANTED) == set(OrganisationRole)
    viewer, manager, administrator = (
        GRANTED[role] for role in (OrganisationRole.VIEWER, OrganisationRole.MANAGER, OrganisationRole.ADMINISTRATOR)
    )
    assert viewer < manager < administrator


def test_a_viewer_only_looks():
    assert GRANTED[OrganisationRole.VIEWER] == {Permission.SEE_RESULTS, Permission.SEE_TEAMS}


def test_a_manager_does_not_decide_who_belongs():
    for permission in (Permission.MANAGE_MEMBERS, Permission.MANAGE_ORGANISATION, Permission.SEE_LOG):
        assert not may(OrganisationRole.MANAGER, permission)


def test_leadership_reads_what_viewers_read_and_changes_nothing():
    changing = {permission for permission in Permission if not permission.startswith("see-")}
    assert GRANTED[OrganisationRole.VIEWER] <= GRANTED[OrganisationRole.LEADERSHIP]
    assert not GRANTED[OrganisationRole.LEADERSHIP] & changing


@pytest.mark.parametrize("role", OrganisationRole)
def test_some_roles_are_always_of_all_teams(role):
    assert is_of_all_teams(role, has_all_teams=True)
    assert is_of_all_teams(role, has_all_teams=False) is (
        role in (OrganisationRole.ADMINISTRATOR, OrganisationRole.LEADERSHIP)
    )
