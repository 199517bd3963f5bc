"""A plan → the context of its check-in sheet → HTML → PDF."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from assessment.domain.plans.meetings import MEETING_DAYS, meeting_on
from assessment.domain.plans.proposal import PlannedAction
from assessment.infra.languages import Localisation
from reports.action_plan.source import PlanSource
from reports.check_in.context import CheckInContext, Fit, OpenAction
from reports.engine.html import render_document
from reports.engine.scripts import isolated

TEMPLATE = "check_in/document.html"
LONGEST_WORDS = 110
"""Characters of a title or a name on the sheet: page 1 has the whole of it."""
TIGHT_FROM, CROWDED_FROM = 330, 620
"""From so many characters of names and titles on, the sheet is set more closely."""


def build_context(source: PlanSource, reader: Localisation) -> CheckInContext:
    """The sheet in the reader's language: what is open, by its days, whatever was done or given up."""
    pillars = {pillar.id: reader.text(pillar.name) for pillar in source.questionnaire.pillars}
    named = [(planned, pillars[pillar.result.pillar]) for pillar in source.plan.pillars for planned in pillar.actions]
    if source.plan.point:
        point = source.plan.point
        named.append((point.move, isolated(source.point_name(point.result.point))))
    named.sort(key=lambda one: one[0].due_on)
    actions = tuple(_action(planned, about, reader) for planned, about in named if not planned.is_done)
    return CheckInContext(
        lang=reader.tag,
        paper=source.paper or reader.paper,
        accent=source.accent,
        consultancy=source.consultancy,
        title=reader.gettext("Check-in sheet · %(team)s", team=source.plan.team),
        team=isolated(source.plan.team),
        organisation=isolated(source.organisation),
        meetings=tuple(
            reader.gettext(
                "Day %(days)s: %(date)s",
                days=reader.number(days),
                date=reader.date(meeting_on(source.plan.drawn_on, days)),
            )
            for days in MEETING_DAYS
        ),
        actions=actions,
        fit=_fit(actions, len(source.plan.team) + len(source.organisation)),
    )


def build_html(context: CheckInContext, reader: Localisation) -> str:
    """The complete HTML that WeasyPrint prints."""
    return render_document(TEMPLATE, reader, context)


def build_pdf(source: PlanSource, reader: Localisation) -> bytes:
    """The sheet as PDF/UA-1."""
    from reports.engine.pdf import render_pdf

    return render_pdf(build_html(build_context(source, reader), reader))


def _action(planned: PlannedAction, about: str, reader: Localisation) -> OpenAction:
    owner = "" if planned.has_proposed_owner else _short(reader.text(planned.action.owner))
    title, due = _short(reader.text(planned.action.title)), reader.date(planned.due_on)
    return OpenAction(title, about, owner, due, planned.is_late, planned.is_stuck)


def _fit(actions: Sequence[OpenAction], names: int) -> Fit:
    letters = names + sum(len(action.title) + len(action.about) + len(action.owner) for action in actions)
    if letters > CROWDED_FROM:
        return "tight crowded"
    return "tight" if len(actions) > 3 or letters > TIGHT_FROM else "roomy"


def _short(words: str) -> str:
    return textwrap.shorten(words, LONGEST_WORDS, placeholder="…")
