"""Who is invited, and what they may do."""

from __future__ import annotations

import uuid
from typing import Any, TypeVar

from wtforms import BooleanField, EmailField, Field, RadioField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from assessment.domain.access import OF_ALL_TEAMS, OrganisationRole
from assessment.services.members import TeamNames
from assessment.web.fields import check_email, new_password_field
from assessment.web.forms import Form, choices_of
from assessment.web.languages import lazy_gettext as _
from assessment.web.roles import ROLE_DESCRIPTIONS
from assessment.web.stale import SettingsForm
from reports.engine.scripts import isolated

ALL, SOME = "all", "some"
BOX = "team-"
TICKED_AND_ALL = _("You ticked teams. Choose “only the teams that are ticked below”, or take the ticks away.")

TICKED_FOR_WHO_SEES_ALL = _(
    "Leadership and administrators always see all teams. Choose “all teams”, or another role for the teams you ticked."
)


class RoleForm(Form):
    """A role, and its teams: a box for each is added by `with_teams`."""

    role = RadioField(
        _("What may they do?"),
        [InputRequired(_("Please choose what they may do."))],
        choices=choices_of((str(role), ROLE_DESCRIPTIONS[role]) for role in reversed(OrganisationRole)),
    )
    scope = RadioField(
        _("Which teams do they work with?"),
        [Optional()],
        choices=choices_of(
            [(ALL, _("All teams, also those that are added later")), (SOME, _("Only the teams that are ticked below"))]
        ),
    )

    def validate_scope(self, field: Field) -> None:
        """Who ticks teams and leaves “all” would let somebody see more than they meant to."""
        is_ticked = any(box.data and not box.object_data for box in self.boxes)
        if field.data == ALL and is_ticked and self.role.data and self.chosen_role not in OF_ALL_TEAMS:
            raise ValidationError(TICKED_AND_ALL)
        if field.data == SOME and is_ticked and self.role.data and self.chosen_role in OF_ALL_TEAMS:
            raise ValidationError(TICKED_FOR_WHO_SEES_ALL)

    @property
    def chosen_role(self) -> OrganisationRole:
        return OrganisationRole(self.role.data)

    @property
    def chosen_teams(self) -> list[uuid.UUID] | None:
        """The teams that are ticked; `None` is all."""
        if (self.scope.data or self.scope.object_data) != SOME:
            return None
        return [uuid.UUID(box.name.removeprefix(BOX)) for box in self.boxes if box.data]

    @property
    def boxes(self) -> list[Field]:
        return [field for field in self if field.name.startswith(BOX)]


class ChangeRoleForm(RoleForm, SettingsForm):
    def validate(self, extra_validators: Any = None) -> bool:
        """A team that was added while the page was open stays as it is stored: the page had no box for it."""
        for box in self.boxes:
            if self.had_page and not self.showed(box.name):
                box.data = box.object_data
        return super().validate(extra_validators)


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


F = TypeVar("F", bound=RoleForm)


def with_teams(form: type[F], teams: TeamNames, own: TeamNames | None, **values: Any) -> F:
    """The form with a box for each team of the organisation; those of `own` are ticked, `None` being all teams."""
    boxes = {f"{BOX}{team_id}": BooleanField(isolated(name)) for team_id, name in teams}
    ticked = {f"{BOX}{team_id}": True for team_id, _name in own or ()}
    made: type[F] = type(form.__name__, (form,), boxes)
    return made(data=dict.fromkeys(boxes, False) | ticked | {"scope": ALL if own is None else SOME} | values)
