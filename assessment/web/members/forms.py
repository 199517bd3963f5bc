"""Who is invited, and what they may do."""

from __future__ import annotations

from wtforms import EmailField, RadioField
from wtforms.validators import InputRequired, Length

from assessment.domain.access import OrganisationRole
from assessment.web.fields import check_email, new_password_field
from assessment.web.forms import Form, choices_of
from assessment.web.languages import lazy_gettext as _
from assessment.web.roles import ROLE_DESCRIPTIONS
from assessment.web.stale import SettingsForm


class RoleForm(Form):
    role = RadioField(
        _("What may they do?"),
        [InputRequired(_("Please choose what they may do."))],
        choices=choices_of((str(role), ROLE_DESCRIPTIONS[role]) for role in reversed(OrganisationRole)),
    )

    @property
    def chosen_role(self) -> OrganisationRole:
        return OrganisationRole(self.role.data)


class ChangeRoleForm(RoleForm, SettingsForm):
    pass


class InviteForm(RoleForm):
    email = EmailField(
        _("E-mail"),
        [
            InputRequired(_("Please write their e-mail.")),
            Length(max=255, message=_("At most 255 letters.")),
            check_email,
        ],
    )


class NewAccountForm(Form):
    password = new_password_field()
