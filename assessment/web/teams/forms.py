"""What a team is like, its sequence, its targets."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from wtforms import IntegerField, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from assessment.catalogue.catalogue import load_questionnaire, load_team_kinds
from assessment.domain.questionnaire import TeamKind
from assessment.infra.languages import Localisation
from assessment.services.teams import TeamPoint
from assessment.web.forms import Form, choices_of
from assessment.web.languages import lazy_gettext as _

POSSIBLE_TARGETS = (3.0, 3.5, 4.0, 4.5, 5.0)
LONGEST_NAME = 80


@cache
def _kinds() -> dict[str, TeamKind]:
    return {kind.id: kind for kind in load_team_kinds()}


def kind_named(id_: str) -> TeamKind:
    return _kinds()[id_]


def kind_choices(reader: Localisation) -> list[tuple[str, str]]:
    return [(kind.id, reader.text(kind.name)) for kind in _kinds().values()]


def kind_name(id_: str, reader: Localisation) -> str:
    """The name of a kind, or its id where the catalogue has dropped it."""
    kind = _kinds().get(id_)
    return reader.text(kind.name) if kind else id_


class TeamForm(Form):
    name = StringField(
        _("Name of the team"),
        [DataRequired(_("Please write the team's name.")), Length(max=120, message=_("At most 120 letters."))],
    )
    size = IntegerField(
        _("How many people are in it?"),
        [
            InputRequired(_("Please write how many people are in the team.")),
            NumberRange(1, 10_000, _("Write a whole number from 1 to 10000.")),
        ],
    )


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
            reader.text(pillar.name), choices=choices_of(_with(choices, targets.get(pillar.id), reader))
        )
        for pillar in pillars
    }
    made = type("TargetsForm", (Form,), fields)
    form: Form = made(data={pillar.id: str(float(targets.get(pillar.id, usual_target()))) for pillar in pillars})
    return form


def _with(choices: list[tuple[str, str]], kept: Any, reader: Localisation) -> list[tuple[str, str]]:
    """A target that came from elsewhere is a choice as well."""
    if kept is None or str(float(kept)) in dict(choices):
        return choices
    return sorted([*choices, (str(float(kept)), reader.number(float(kept), 1))])
