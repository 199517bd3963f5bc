"""A plan → the context of its closing sheet → HTML → PDF."""

from __future__ import annotations

import math
import textwrap

from assessment.domain.plans.proposal import MOST_ACTIONS, PlannedAction
from assessment.infra.languages import Localisation, Paper
from reports.action_plan.source import PlanSource
from reports.closing_sheet.context import ClosingSheetContext, Fit, PromisedAction
from reports.engine.consultancy import Consultancy
from reports.engine.html import render_document
from reports.engine.scripts import isolated

TEMPLATE = "closing_sheet/document.html"
LONGEST_WORDS = 110
"""Characters of a title or a name on the sheet: page 1 has the whole of it."""
FEWEST_LINES, MOST_LINES = 6, 60
LINES_OF_A_PAGE = 18
"""Places to sign that fit below five actions on one page; more go on behind it."""
LINES_OF_A_BLANK_SHEET = 12
NAMES_OF_A_LINE = 80
"""So many characters of team and organisation stand on one line."""
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
    paper, lines = source.paper or reader.paper, min(max(lines, 1), MOST_LINES)
    fit = _fit(letters, len(actions))
    apart, higher = _shared_out(
        _left(paper, source.plan.team + source.organisation, actions, lines), len(actions), lines
    )
    return ClosingSheetContext(
        lang=reader.tag,
        paper=paper,
        accent=source.accent,
        title=reader.gettext("What we promised · %(team)s", team=source.plan.team),
        team=isolated(source.plan.team),
        organisation=isolated(source.organisation),
        actions=actions,
        lines=lines,
        fit=fit,
        apart=apart if fit == "roomy" else 0,
        higher=higher if fit == "roomy" else 0,
        consultancy=source.consultancy,
        blanks=0,
    )


def build_blank_context(
    reader: Localisation, *, team: str, organisation: str, accent: str, paper: Paper, consultancy: Consultancy
) -> ClosingSheetContext:
    """The same sheet without a plan, to be filled in by hand."""
    return ClosingSheetContext(
        lang=reader.tag,
        paper=paper,
        accent=accent,
        title=reader.gettext("What we promised · %(team)s", team=team),
        team=isolated(team),
        organisation=isolated(organisation),
        actions=(),
        lines=LINES_OF_A_BLANK_SHEET,
        apart=0,
        higher=0,
        blanks=MOST_ACTIONS,
        fit="blank" if len(team) + len(organisation) <= NAMES_OF_A_LINE else "blank crowded",
        consultancy=consultancy,
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


def _left(paper: Paper, names: str, actions: tuple[PromisedAction, ...], lines: int) -> float:
    """About how many mm the roomy sheet would leave empty on its page, in the sizes of `print.css`."""
    taken = 47 + 5.3 * (len(names) > NAMES_OF_A_LINE) + 12 * math.ceil(lines / 3)  # head, foot, and places to sign
    taken += sum(14 + 7.7 * math.ceil(len(action.title) / 46) for action in actions)
    return (269 if paper == "a4" else 251) - taken - 9


def _shared_out(left: float, actions: int, lines: int) -> tuple[float, float]:
    """What is left, in mm: between the actions, 5 for each at most, and in the height of each row, 7 at most."""
    if left <= 0:
        return 0, 0
    apart = round(min(5.0, left / 2 / actions), 1) if actions else 0
    return apart, round(min(7.0, (left - apart * actions) / math.ceil(lines / 3)), 1)


def _short(words: str) -> str:
    return textwrap.shorten(words, LONGEST_WORDS, placeholder="…")
