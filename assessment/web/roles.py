"""The roles of members, in words."""

from __future__ import annotations

from assessment.domain.access import OrganisationRole
from assessment.infra.languages import N_, Localisation
from assessment.services.members import TeamNames
from assessment.web.languages import lazy_gettext as _
from reports.engine.scripts import isolated

ROLE_NAMES = {
    OrganisationRole.ADMINISTRATOR: N_("Administrator"),
    OrganisationRole.MANAGER: N_("Manager"),
    OrganisationRole.LEADERSHIP: N_("Leadership"),
    OrganisationRole.VIEWER: N_("Viewer"),
}
ROLE_DESCRIPTIONS = {
    OrganisationRole.ADMINISTRATOR: _(
        "Administrator: does everything in all teams, and looks after the organisation and its people"
    ),
    OrganisationRole.MANAGER: _("Manager: runs the rounds and plans of all teams, or of some"),
    OrganisationRole.LEADERSHIP: _(
        "Leadership: reads the published results and plans of all teams, and changes nothing"
    ),
    OrganisationRole.VIEWER: _(
        "Viewer: reads the published results and plans of all teams, or of some, and changes nothing"
    ),
}
NAMED_TEAMS = 3
"""So many teams are named in a list of people; of the others, how many there are."""


def scope_words(teams: TeamNames | None, reader: Localisation) -> str:
    """The teams that somebody is of; `None` is all."""
    if teams is None:
        return reader.gettext("all teams")
    if not teams:
        return reader.gettext("no team at the moment")
    names = [isolated(name) for _id, name in teams[:NAMED_TEAMS]]
    more = len(teams) - NAMED_TEAMS
    if more > 0:
        names.append(reader.ngettext("%(n)s more team", "%(n)s more teams", more))
    return reader.list_of(names)
