"""What a team is like, its sequence, its targets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wtforms import SelectField, StringField
from wtforms.validators import DataRequired, Length

from assessment.catalogue.catalogue import load_questionnaire
from assessment.infra.languages import Localisation
from assessment.services.teams import TeamPoint
from assessment.web.fields import team_name_field, team_size_field
from assessment.web.forms import Form, choices_of
from assessment.web.languages import lazy_gettext as _

POSSIBLE_TARGETS = (3.0, 3.5, 4.0, 4.5, 5.0)
LONGEST_NAME = 80


class TeamForm(Form):
    name = team_name_field()
    size = team_size_field()


class NewTeamForm(TeamForm):
    kind = SelectField(_("What does the team do?"))


class PointsForm(Form):
    """The names in their order; a field a point is added by `points_form`."""

    new_name = StringField(
        _("Another moment"), [Length(max=LONGEST_NAME, message=_("Write a shorter name: at most 80 letters."))]
    )
    new_phase = SelectField(
        _("When does it happen?"),
        choices=choices_of(
            [("beginning", _("At the beginning")), ("middle", _("In the middle")), ("end", _("At the end"))]
        ),
    )


def points_form(points: Sequence[TeamPoint], **values: Any) -> PointsForm:
    checks = [
        DataRequired(_("Every moment needs a name.")),
        Length(max=LONGEST_NAME, message=_("Write a shorter name: at most 80 letters.")),
    ]
    fields = {f"point-{point.id}": StringField(_("Name of the moment"), checks) for point in points}
    made = type("PointsForm", (PointsForm,), fields)
    form: PointsForm = made(data={f"point-{point.id}": point.name for point in points}, **values)
    return form


def usual_target() -> float:
    """The target of a pillar for which the team sets none."""
    return load_questionnaire().scale.target


def targets_form(targets: dict[str, Any], reader: Localisation) -> Form:
    """One choice a pillar."""
    choices = [(str(value), reader.number(value, 1)) for value in POSSIBLE_TARGETS]
    pillars = load_questionnaire().pillars
    fields = {
        pillar.id: SelectField(
            reader.text(pillar.name), choices=choices_of(_with_current(choices, targets.get(pillar.id), reader))
        )
        for pillar in pillars
    }
    made = type("TargetsForm", (Form,), fields)
    form: Form = made(data={pillar.id: str(float(targets.get(pillar.id, usual_target()))) for pillar in pillars})
    return form


def _with_current(choices: list[tuple[str, str]], current: Any, reader: Localisation) -> list[tuple[str, str]]:
    """The current target is a choice as well, where it is none of ours."""
    if current is None or str(float(current)) in dict(choices):
        return choices
    return sorted([*choices, (str(float(current)), reader.number(float(current), 1))])
