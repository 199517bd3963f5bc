"""Who is invited, and what they may do."""

from __future__ import annotations

from wtforms import EmailField, PasswordField, RadioField
from wtforms.validators import InputRequired, Length, ValidationError

from assessment.domain.access import OrganisationRole
from assessment.infra.languages import N_
from assessment.services.accounts import LONGEST_PASSWORD, SHORTEST_PASSWORD, InvalidEmail, checked_email
from assessment.web.forms import Form, choices_of
from assessment.web.languages import lazy_gettext as _

ROLE_NAMES = {
    OrganisationRole.ADMINISTRATOR: N_("Administrator"),
    OrganisationRole.MANAGER: N_("Manager"),
    OrganisationRole.VIEWER: N_("Viewer"),
}
ROLE_WORDS = {
    OrganisationRole.ADMINISTRATOR: _("Administrator: everything, including its people and its details"),
    OrganisationRole.MANAGER: _("Manager: teams, rounds, results and plans"),
    OrganisationRole.VIEWER: _("Viewer: sees teams and published results, and changes nothing"),
}


class RoleForm(Form):
    role = RadioField(
        _("What may they do?"),
        [InputRequired(_("Please choose what they may do."))],
        choices=choices_of((str(role), ROLE_WORDS[role]) for role in reversed(OrganisationRole)),
    )

    @property
    def chosen_role(self) -> OrganisationRole:
        return OrganisationRole(self.role.data)


class InviteForm(RoleForm):
    email = EmailField(
        _("E-mail"),
        [InputRequired(_("Please write their e-mail.")), Length(max=255, message=_("At most 255 letters."))],
    )

    def validate_email(self, field: EmailField) -> None:
        try:
            checked_email(field.data or "")
        except InvalidEmail:
            raise ValidationError(_("This is no e-mail address. It looks like name@example.com.")) from None


class NewAccountForm(Form):
    password = PasswordField(
        _("A password"),
        [
            InputRequired(_("Please choose a password.")),
            Length(SHORTEST_PASSWORD, LONGEST_PASSWORD, _("The password needs at least %(min)d characters.")),
        ],
    )


class ConfirmForm(Form):
    """A button, and what protects it."""
