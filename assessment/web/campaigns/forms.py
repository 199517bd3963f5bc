"""Forms about campaigns. Days are days where the organisation is."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from wtforms import BooleanField, HiddenField, RadioField, SelectMultipleField
from wtforms.validators import InputRequired, Optional
from wtforms.widgets import CheckboxInput, RadioInput

from assessment.domain.questionnaire import Questionnaire
from assessment.infra.languages import Localisation
from assessment.infra.tokens import new_token
from assessment.services.teams import Team
from assessment.web.fields import DayField, questionnaires_field, round_name_field
from assessment.web.forms import Form, choices_of
from assessment.web.languages import lazy_gettext as _
from reports.engine.scripts import isolated

ALL, SOME = "all", "some"
TAGGED = "tag:"
"""Before the key of a tag."""
Tags = Mapping[str, tuple[str, Sequence[uuid.UUID]]]


def _teams_field(label: Any) -> SelectMultipleField:
    return SelectMultipleField(  # type: ignore[call-arg]  # newer than its stubs
        label,
        option_widget=CheckboxInput(),
        invalid_choice_message=_("One of these teams is no longer there. Look at the list again."),
    )


class CampaignForm(Form):
    """Of both pages: the second shows what the first one said, and asks which small teams answer together.

    `foreseen` has the ids of the teams that the second page said would answer, so that none is opened unseen.
    """

    name = round_name_field()
    questionnaires = questionnaires_field()
    opens_on = DayField(_("First day to answer"), [Optional()])
    closes_on = DayField(_("Last day to answer"), [Optional()])
    asks_role = BooleanField(_("Leaders and staff separately"))
    which = RadioField(_("Which teams?"), default=ALL)
    teams = _teams_field(_("Teams"))
    together = _teams_field(_("Teams that answer together"))
    foreseen = HiddenField()
    submission = HiddenField(default=new_token)
    """Of this page alone: sent twice, it opens one campaign."""
    tags: Tags = {}  # noqa: RUF012 - set once the form is made

    @property
    def only(self) -> list[uuid.UUID] | None:
        """The ids of the chosen teams; `None` for all."""
        chosen = str(self.which.data)
        if chosen.startswith(TAGGED):
            return list(self.tags[chosen.removeprefix(TAGGED)][1])
        return None if chosen == ALL else [uuid.UUID(id_) for id_ in self.teams.data or ()]

    @property
    def together_ids(self) -> set[uuid.UUID]:
        return {uuid.UUID(id_) for id_ in self.together.data or ()}


class LastDayForm(Form):
    closes_on = DayField(_("Last day to answer"), [InputRequired(_("Please write the last day."))])
    also_closed = BooleanField(_("Also open again those that have closed and are not published"))


class TheseRoundsForm(Form):
    """An act on the rounds that the page listed, and on no others."""

    rounds = HiddenField()

    @property
    def ids(self) -> set[uuid.UUID]:
        """Whatever is no id is left out."""
        found = set()
        for id_ in (self.rounds.data or "").split():
            try:
                found.add(uuid.UUID(id_))
            except ValueError:
                continue
        return found


class PublishThemForm(TheseRoundsForm):
    confirmed = BooleanField(
        _("I understand: nobody can answer any more, and this cannot be undone."),
        [InputRequired(_("Please tick the box to confirm."))],
    )


def campaign_form(
    reader: Localisation,
    offered: Sequence[Questionnaire],
    teams: Sequence[Team],
    tags: Tags,
    *,
    may_combine: bool,
    **defaults: object,
) -> CampaignForm:
    form = CampaignForm(**defaults)
    form.questionnaires.choices = choices_of((one.id, reader.text(one.title)) for one in offered)
    if not may_combine:
        form.questionnaires.option_widget = RadioInput()
    form.tags = tags
    form.which.choices = [
        (ALL, reader.gettext("All teams")),
        *(
            (TAGGED + key, reader.gettext("Those with the tag “%(tag)s”", tag=isolated(name)))
            for key, (name, _teams) in tags.items()
        ),
        (SOME, reader.gettext("Only those chosen here")),
    ]
    choices = choices_of((str(team.id), isolated(team.name)) for team in teams)
    form.teams.choices, form.together.choices = choices, choices
    return form


def ids_in(rounds: Iterable[uuid.UUID]) -> str:
    """As a hidden field carries them."""
    return " ".join(sorted(map(str, rounds)))
