"""A plan → the context of its closing sheet → HTML → PDF."""

from __future__ import annotations

import textwrap

from assessment.domain.plans.proposal import PlannedAction
from assessment.infra.languages import Localisation
from reports.action_plan.source import PlanSource
from reports.closing_sheet.context import ClosingSheetContext, Fit, PromisedAction
from reports.engine.html import render_document
from reports.engine.scripts import isolated

TEMPLATE = "closing_sheet/document.html"
LONGEST_WORDS = 110
"""Characters of a title or a name on the sheet: page 1 has the whole of it."""
FEWEST_LINES, MOST_LINES = 6, 60
LINES_OF_A_PAGE = 18
"""Places to sign that fit below five actions on one page; more go on behind it."""
TIGHT_FROM, CROWDED_FROM = 340, 600
"""From so many characters of titles and names on, the sheet is set more closely."""


def usual_lines(team_size: int) -> int:
    """One place for each person of the team, as far as they fit on one page."""
    return min(max(team_size, FEWEST_LINES), LINES_OF_A_PAGE)


def build_context(source: PlanSource, reader: Localisation, *, lines: int) -> ClosingSheetContext:
    """The sheet in the reader's language: every action that is not finished, by its day, and places to sign."""
    planned = [one for pillar in source.plan.pillars for one in pillar.actions]
    if source.plan.point:
        planned.append(source.plan.point.move)
    planned.sort(key=lambda one: one.due_on)
    actions = tuple(_action(one, reader) for one in planned if not one.is_done)
    letters = len(source.plan.team) + len(source.organisation) + sum(len(one.title) + len(one.owner) for one in actions)
    return ClosingSheetContext(
        lang=reader.tag,
        paper=source.paper or reader.paper,
        accent=source.accent,
        title=reader.gettext("What we promised · %(team)s", team=source.plan.team),
        team=isolated(source.plan.team),
        organisation=isolated(source.organisation),
        actions=actions,
        lines=min(max(lines, 1), MOST_LINES),
        fit=_fit(letters, len(actions)),
    )


def build_html(context: ClosingSheetContext, reader: Localisation) -> str:
    """The complete HTML that WeasyPrint prints."""
    return render_document(TEMPLATE, reader, context)


def build_pdf(source: PlanSource, reader: Localisation, *, lines: int) -> bytes:
    """The sheet as PDF/UA-1."""
    from reports.engine.pdf import render_pdf

    return render_pdf(build_html(build_context(source, reader, lines=lines), reader))


def _action(planned: PlannedAction, reader: Localisation) -> PromisedAction:
    owner = "" if planned.has_proposed_owner else _short(reader.text(planned.action.owner))
    return PromisedAction(_short(reader.text(planned.action.title)), owner, reader.date(planned.due_on))


def _fit(letters: int, actions: int) -> Fit:
    if letters > CROWDED_FROM:
        return "tight crowded"
    return "tight" if actions > 5 or letters > TIGHT_FROM else "roomy"


def _short(words: str) -> str:
    return textwrap.shorten(words, LONGEST_WORDS, placeholder="…")
