"""The roles of members, in words."""

from __future__ import annotations

from assessment.domain.access import OrganisationRole
from assessment.infra.languages import N_
from assessment.web.languages import lazy_gettext as _

ROLE_NAMES = {
    OrganisationRole.ADMINISTRATOR: N_("Administrator"),
    OrganisationRole.MANAGER: N_("Manager"),
    OrganisationRole.VIEWER: N_("Viewer"),
}
ROLE_DESCRIPTIONS = {
    OrganisationRole.ADMINISTRATOR: _("Administrator: everything, including its people and its details"),
    OrganisationRole.MANAGER: _("Manager: teams, rounds, results and plans"),
    OrganisationRole.VIEWER: _("Viewer: sees teams and published results, and changes nothing"),
}
