"""When a team's round repeats: every so many months, or on days."""

from __future__ import annotations

import datetime as dt
from typing import Any

from wtforms import RadioField
from wtforms.validators import InputRequired, NumberRange, Optional

from assessment.domain.repetitions import INTERVALS, LONGEST_OPEN, MOST_DATES, RepetitionRule
from assessment.infra.languages import Localisation
from assessment.services.repetitions import Repetition
from assessment.web.fields import DayField, WholeNumberField
from assessment.web.languages import lazy_gettext as _
from assessment.web.stale import SettingsForm

ON_DAYS = "days"
SHOWN_DAYS = 4
"""Fields for days, at least; two more than are filled."""


class RepetitionForm(SettingsForm):
    """The fields of single days are added by `repetition_form`."""

    how = RadioField(_("How often?"), [InputRequired(_("Please choose how often."))])
    first_on = DayField(_("First day"), [Optional()])
    open_days = WholeNumberField(
        _("For how many days can people answer?"),
        [
            InputRequired(_("Please write for how many days.")),
            NumberRange(1, LONGEST_OPEN, _("Write a whole number from %(min)s to %(max)s.")),
        ],
    )

    @property
    def days(self) -> list[DayField]:
        return [self[f"day_{at}"] for at in range(MOST_DATES)]

    @property
    def shown_days(self) -> list[DayField]:
        """As many as are filled, and some that are empty."""
        filled = sum(1 for field in self.days if field.data or field.errors)
        return self.days[: min(MOST_DATES, max(SHOWN_DAYS, filled + 2))]

    @property
    def is_on_days(self) -> bool:
        return bool(self.how.data == ON_DAYS)

    @property
    def rule(self) -> RepetitionRule:
        """Raises `InvalidRule`."""
        if self.is_on_days:
            return RepetitionRule(dates=tuple(sorted({field.data for field in self.days if field.data})))
        return RepetitionRule(int(self.how.data), self.first_on.data)


def repetition_form(
    reader: Localisation, repetition: Repetition | None, *, open_days: int, first_on: dt.date
) -> RepetitionForm:
    """`open_days` and `first_on` are proposed where nothing is set up yet."""
    fields = {
        f"day_{at}": DayField(reader.gettext("Day %(number)s", number=at + 1), [Optional()]) for at in range(MOST_DATES)
    }
    rule = repetition.rule if repetition is not None else None
    data: dict[str, Any] = {"how": str(INTERVALS[0]), "first_on": first_on, "open_days": open_days}
    if repetition is not None and rule is not None:
        data = {
            "how": str(rule.every_months or ON_DAYS),
            "first_on": rule.first_on,
            "open_days": repetition.open_days,
            **{f"day_{at}": day for at, day in enumerate(rule.dates)},
        }
    form: RepetitionForm = type("RepetitionForm", (RepetitionForm,), fields)(data=data)
    form.how.choices = [
        *((str(months), reader.ngettext("Every %(n)s month", "Every %(n)s months", months)) for months in INTERVALS),
        (ON_DAYS, reader.gettext("On days that you choose")),
    ]
    return form
