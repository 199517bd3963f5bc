"""What a team is like, its sequence, its targets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wtforms import BooleanField, Field, HiddenField, RadioField, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length

from assessment.domain.scale import Scale
from assessment.infra.languages import Localisation
from assessment.services.team_targets import PillarsOnScale
from assessment.services.teams import TeamPoint
from assessment.web.fields import team_kind_field, team_name_field, team_size_field
from assessment.web.forms import Form, choices_of
from assessment.web.languages import lazy_gettext as _
from assessment.web.stale import SettingsForm

LONGEST_NAME = 80


class NewTeamForm(Form):
    name = team_name_field()
    size = team_size_field()
    kind = team_kind_field()


class ChangeTeamForm(SettingsForm):
    """A kind that the catalogue has dropped stays a choice of the teams that have it."""

    own_words = ("renew_points",)
    name = team_name_field()
    size = team_size_field()
    kind = team_kind_field()
    tags = StringField(_("Tags"), [Length(max=400, message=_("At most 400 letters."))])
    renew_points = BooleanField(_("Replace the moments by those of this kind"))


class PointsForm(SettingsForm):
    """The names in their order; a field a point is added by `points_form`."""

    own_words = ("new_name", "new_phase")
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
    form: PointsForm = made(data={f"point-{point.id}": point.name for point in points} | values)
    return form


class CopyPointsForm(Form):
    """Whose moments a team takes over; `shown` is which of its own the page said would go."""

    from_team = RadioField(_("Whose moments?"), [InputRequired(_("Please choose a team."))])
    shown = HiddenField()


@dataclass(frozen=True, slots=True)
class TargetFields:
    """The fields of pillars on one scale. `target` is the usual one; `label` what it means where that has a name."""

    title: str
    highest: str
    target: str
    label: str
    fields: tuple[Field, ...]


def targets_form(
    asked: Sequence[PillarsOnScale], targets: Mapping[str, Any], reader: Localisation
) -> tuple[Form, list[TargetFields]]:
    """One choice a pillar, by scales; the name of a field is the pillar's id."""
    fields: dict[str, Any] = {}
    data: dict[str, str] = {}
    names: list[list[str]] = []
    for one in asked:
        names.append([])
        for pillar in one.pillars:
            # A pillar may have any id, also that of something else a form has.
            name = f"pillar_{len(fields)}"
            names[-1].append(name)
            current = min(float(targets.get(pillar.id, one.scale.target)), float(one.scale.size))
            values = sorted({*possible_targets(one.scale), current})
            choices = choices_of((str(value), _number(value, reader)) for value in values)
            fields[name] = SelectField(reader.text(pillar.name), choices=choices, name=pillar.id)
            data[name] = str(current)
    form: SettingsForm = type("TargetsForm", (SettingsForm,), fields)(data=data)
    groups = [
        TargetFields(
            title=reader.text(one.title) if one.title else reader.gettext("The pillars"),
            highest=reader.number(one.scale.size),
            target=_number(one.scale.target, reader),
            label=next((reader.text(point.label) for point in one.scale.points if point.value == one.scale.target), ""),
            fields=tuple(form[name] for name in own),
        )
        for one, own in zip(asked, names, strict=True)
    ]
    return form, groups


def possible_targets(scale: Scale) -> list[float]:
    """From the middle of a scale to its end in halves, with its usual target."""
    halves = {value / 2 for value in range(scale.size + 1, 2 * scale.size + 1)}
    return sorted({*halves, float(scale.target)})


def _number(value: float, reader: Localisation) -> str:
    return reader.number(value, 1 if round(value, 1) == value else 2)
