"""Released figures of all teams → the summary's context → HTML → PDF."""

from __future__ import annotations

import datetime as dt
import textwrap
from collections import Counter
from collections.abc import Iterable

from assessment.domain.portfolio import AttentionKind, Cell, Standing, TeamLine, TeamMoves
from assessment.infra.languages import Localisation
from reports.engine.charts import scale_bar
from reports.engine.html import render_document
from reports.engine.scripts import isolated
from reports.executive.context import (
    CellShown,
    DoneRow,
    ExecutiveContext,
    HelpRow,
    MoveRow,
    NextRow,
    PillarLine,
    TeamRow,
)
from reports.executive.source import DoneAction, ExecutiveSource
from reports.portfolio.words import (
    ARROWS,
    STANDING,
    answered_words,
    label_words,
    level_words,
    move_words,
    named,
    reason_words,
    score_words,
)
from reports.workbook.source import ActionFacts

TEMPLATE = "executive/document.html"
LONG_FROM = 41
"""From so many teams on their table comes last, and runs over pages."""
MOST_TEAMS = 120
"""Of more, the table is in the workbook alone: a summary is read on a few pages."""
MOST_ROUNDS = 6
MOST_MOVES = 12
MOST_DONE = 10
MOST_HELP = 12
MOST_NEXT = 8
SOON = dt.timedelta(days=45)
LONGEST_TITLE = 110


def build_context(source: ExecutiveSource, reader: Localisation) -> ExecutiveContext:
    """The summary in the reader's language."""
    pressing = list(AttentionKind)
    needy = sorted(
        (line for line in source.lines if line.reasons), key=lambda line: pressing.index(line.reasons[0].kind)
    )
    told = [
        (moves, line) for moves, line in zip(source.moves, source.lines, strict=True) if _has_moves_to_tell(moves, line)
    ]
    due_soon = _due_soon(source)
    return ExecutiveContext(
        lang=reader.tag,
        paper=source.paper,
        accent=source.accent,
        logo=source.logo,
        title=reader.gettext("All teams · %(organisation)s", organisation=source.organisation),
        organisation=isolated(source.organisation),
        meta=_meta(source, reader),
        headline=_headline(source, reader),
        standing=tuple(_standing(source, reader)),
        pillars=tuple(_pillar_lines(source, reader)),
        has_figures=bool(source.over),
        pillars_note=_pillars_note(source, reader),
        heads=tuple(reader.text(pillar.short_name) for pillar in source.questionnaire.pillars),
        teams=tuple(_team_row(line, source, reader) for line in source.lines)
        if len(source.lines) <= MOST_TEAMS
        else (),
        is_long=len(source.lines) >= LONG_FROM,
        moved=tuple(_moved(source, reader)),
        moves=tuple(_move_row(moves, line, source, reader) for moves, line in told[:MOST_MOVES]),
        moves_more=_more(len(told) - MOST_MOVES, reader),
        done=tuple(_done(source, reader)),
        done_rows=tuple(_done_row(one, reader) for one in source.done[:MOST_DONE]),
        done_more=_more(len(source.done) - MOST_DONE, reader),
        help=tuple(
            HelpRow(isolated(line.name), tuple(reason_words(reason, reader) for reason in line.reasons))
            for line in needy[:MOST_HELP]
        ),
        help_more=_more(len(needy) - MOST_HELP, reader),
        next=tuple(_next(source, reader)),
        next_rows=tuple(_next_row(day, action, reader) for day, action in due_soon[:MOST_NEXT]),
        next_more=_more(len(due_soon) - MOST_NEXT, reader),
    )


def build_html(context: ExecutiveContext, reader: Localisation) -> str:
    """The complete HTML that WeasyPrint prints."""
    return render_document(TEMPLATE, reader, context)


def build_pdf(source: ExecutiveSource, reader: Localisation) -> bytes:
    """The summary as PDF/UA-1."""
    from reports.engine.pdf import render_pdf

    return render_pdf(build_html(build_context(source, reader), reader))


def _meta(source: ExecutiveSource, reader: Localisation) -> str:
    day = reader.date(source.made_on)
    if source.tag:
        return reader.gettext("As of %(day)s · teams with the tag “%(tag)s”", day=day, tag=source.tag)
    return reader.gettext("As of %(day)s", day=day)


def _headline(source: ExecutiveSource, reader: Localisation) -> str:
    needy = sum(bool(line.reasons) for line in source.lines)
    if not needy:
        return reader.gettext("No team needs attention today")
    return reader.ngettext("%(n)s team needs attention", "%(n)s teams need attention", needy)


# Where we stand


def _standing(source: ExecutiveSource, reader: Localisation) -> Iterable[str]:
    lines = source.lines
    shown = [line for line in lines if line.standing is Standing.RESULT]
    yield (
        reader.ngettext("%(n)s team is looked at here.", "%(n)s teams are looked at here.", len(lines))
        + " "
        + (reader.ngettext("%(n)s of them has a result to show.", "%(n)s of them have a result to show.", len(shown)))
    )
    withheld = sum(line.standing is Standing.WITHHELD for line in lines)
    if withheld:
        yield reader.ngettext(
            "The result of %(n)s team is withheld, since too few answered: that is not a bad result.",
            "The results of %(n)s teams are withheld, since too few answered: that is not a bad result.",
            withheld,
        )
    nothing = sum(line.standing in (Standing.NO_ROUND, Standing.OTHER_QUESTIONS) for line in lines)
    if nothing:
        yield reader.ngettext(
            "%(n)s team has not answered these questions yet.",
            "%(n)s teams have not answered these questions yet.",
            nothing,
        )
    if source.over:
        by_mean = sorted(source.over, key=lambda pillar: source.over[pillar].mean)
        low, high = source.over[by_mean[0]].mean, source.over[by_mean[-1]].mean
        names = {pillar.id: pillar.name for pillar in source.questionnaire.pillars}
        if low < high:
            yield reader.gettext(
                "For everybody together, the lowest is %(low)s (%(low_mean)s), the highest %(high)s (%(high_mean)s).",
                low=named([names[pillar] for pillar in by_mean if source.over[pillar].mean == low], reader),
                low_mean=reader.number(low, 1),
                high=named([names[pillar] for pillar in by_mean if source.over[pillar].mean == high], reader),
                high_mean=reader.number(high, 1),
            )


def _pillar_lines(source: ExecutiveSource, reader: Localisation) -> Iterable[PillarLine]:
    for pillar in source.questionnaire.pillars:
        cells = [line.pillars[pillar.id] for line in source.lines if pillar.id in line.pillars]
        counts = tuple(
            reader.number(count) if (count := sum(cell.level == level for cell in cells)) else ""
            for level in range(1, 6)
        )
        over, name = source.over.get(pillar.id), reader.text(pillar.name)
        if over is None:
            yield PillarLine(name, reader.gettext("no figure"), None, counts)
            continue
        figure = reader.number(over.mean, 1)
        label = reader.gettext("%(pillar)s: %(figure)s for everybody together", pillar=name, figure=figure)
        size = source.questionnaire.scale.size
        yield PillarLine(name, figure, scale_bar(over.mean, None, None, label, scale_points=size), counts)


def _pillars_note(source: ExecutiveSource, reader: Localisation) -> str:
    if not source.is_one_wording:
        return reader.gettext("Not all teams were asked in the same words: there is no figure for everybody together.")
    if not source.over:
        return reader.gettext(
            "There is no figure for everybody together: it needs two teams with a figure of their own, none of them "
            "near an end of the scale."
        )
    return reader.gettext(
        "The figure is the mean over all people of all teams that are shown for a pillar, each person once. Beside it, "
        "how many of the teams here are on each level."
    )


def _team_row(line: TeamLine, source: ExecutiveSource, reader: Localisation) -> TeamRow:
    about = " · ".join(filter(None, (_short_day(line, reader), _answered(line, reader))))
    if line.standing is not Standing.RESULT:
        return TeamRow(isolated(line.name), about, reader.gettext(STANDING[line.standing]), ())
    pillars = source.questionnaire.pillars
    cells = tuple(_cell(line.pillars.get(pillar.id), source, reader) for pillar in pillars)
    return TeamRow(isolated(line.name), about, "", cells)


def _short_day(line: TeamLine, reader: Localisation) -> str:
    day = line.published_on
    return f"{reader.short_date(day)} {day.year}" if day else ""


def _answered(line: TeamLine, reader: Localisation) -> str:
    """As on the page; of many, in figures alone: "11/12"."""
    if line.answered is None:
        return answered_words(line, reader)
    return f"{reader.number(line.answered)}/{reader.number(line.people)}"


def _cell(cell: Cell | None, source: ExecutiveSource, reader: Localisation) -> CellShown:
    if cell is None:
        return CellShown(0, "–", "", reader.gettext("not asked"))
    scale = source.questionnaire.scale
    score = score_words(cell, scale, reader)
    if cell.is_withheld:
        return CellShown(0, score, "", score, is_withheld=True)
    arrow = ARROWS.get(cell.label, "") if cell.label else ""
    words = [level_words(cell, scale, reader), label_words(cell.label, reader) if arrow else ""]
    return CellShown(cell.level or 0, score, arrow, ", ".join(filter(None, words)))


# What moved


def _moved(source: ExecutiveSource, reader: Localisation) -> Iterable[str]:
    cells = [cell for line in source.lines for cell in line.pillars.values() if cell.label]
    if not cells:
        yield reader.gettext(
            "No team has two rounds that can be compared yet: the next round will show what has changed."
        )
        return
    up, down = (sum(cell.label == label for cell in cells) for label in ("improved", "worse"))
    yield reader.gettext(
        "In the latest rounds, %(up)s went up and %(down)s went down, of %(all)s pillars that were compared, team by "
        "team. For the others a change is small, or not sure.",
        up=reader.number(up),
        down=reader.number(down),
        all=reader.number(len(cells)),
    )
    yield reader.gettext("Only what is unlikely to be chance counts as up or down.")


def _has_moves_to_tell(moves: TeamMoves, line: TeamLine) -> bool:
    """Whether a team has two rounds that were compared."""
    return any(one.is_compared for one in moves.rounds) or any(cell.label for cell in line.pillars.values())


def _move_row(moves: TeamMoves, line: TeamLine, source: ExecutiveSource, reader: Localisation) -> MoveRow:
    names = {pillar.id: pillar.short_name for pillar in source.questionnaire.pillars}
    up, down = (
        [names[pillar] for pillar, cell in line.pillars.items() if cell.label == label and pillar in names]
        for label in ("improved", "worse")
    )
    latest = [
        reader.gettext("up: %(pillars)s", pillars=named(up, reader)) if up else "",
        reader.gettext("down: %(pillars)s", pillars=named(down, reader)) if down else "",
    ]
    if not up and not down and any(cell.label for cell in line.pillars.values()):
        latest = [reader.gettext("nothing that is sure")]
    compared = [one for one in moves.rounds if one.is_compared][-MOST_ROUNDS:]
    return MoveRow(
        isolated(line.name),
        "; ".join(filter(None, latest)),
        " → ".join(move_words(one, reader) for one in compared),
    )


# What was done, and what next


def _done(source: ExecutiveSource, reader: Localisation) -> Iterable[str]:
    plans = [line.progress for line in source.lines if line.progress]
    if not plans:
        yield reader.gettext("No team has a plan yet.")
        return
    total, done, late = (sum(getattr(plan, name) for plan in plans) for name in ("total", "done", "late"))
    yield (
        reader.ngettext("%(n)s team has a plan.", "%(n)s teams have a plan.", len(plans))
        + " "
        + reader.gettext(
            "Of %(total)s actions in the latest plans, %(done)s are done and %(late)s late.",
            total=reader.number(total),
            done=reader.number(done),
            late=reader.number(late),
        )
    )
    if source.done:
        yield reader.gettext(
            "What moved afterwards did not move because of it alone: other things changed, too, and low scores rise by "
            "themselves."
        )


def _next(source: ExecutiveSource, reader: Localisation) -> Iterable[str]:
    """What to do about what needs attention, most pressing first."""
    teams = Counter(reason.kind for line in source.lines for reason in line.reasons)
    if count := teams[AttentionKind.ALARM]:
        yield reader.ngettext(
            "Attend first to the broken promises that %(n)s team tells of.",
            "Attend first to the broken promises that %(n)s teams tell of.",
            count,
        )
    if count := teams[AttentionKind.LATE]:
        yield reader.ngettext(
            "Ask %(n)s team what holds its late actions up.", "Ask %(n)s teams what holds their late actions up.", count
        )
    if count := teams[AttentionKind.WORSE]:
        yield reader.ngettext(
            "Talk with %(n)s team about what went down.", "Talk with %(n)s teams about what went down.", count
        )
    if count := teams[AttentionKind.NO_PLAN]:
        yield reader.ngettext("Have a plan drawn up in %(n)s team.", "Have a plan drawn up in %(n)s teams.", count)
    if count := teams[AttentionKind.NO_ROUND]:
        yield reader.ngettext("Open a round in %(n)s team.", "Open a round in %(n)s teams.", count)
    if count := teams[AttentionKind.FEW_ANSWERED]:
        yield reader.ngettext(
            "Win more people to answer in %(n)s team: say what came of the last round.",
            "Win more people to answer in %(n)s teams: say what came of the last round.",
            count,
        )


def _due_soon(source: ExecutiveSource) -> list[tuple[dt.date, ActionFacts]]:
    """What is due soon, by day."""
    last = source.made_on + SOON
    due = [
        (action.due_on, action)
        for action in source.open_actions
        if action.due_on is not None and source.made_on <= action.due_on <= last
    ]
    due.sort(key=lambda entry: (entry[0], entry[1].team))
    return due


def _next_row(day: dt.date, action: ActionFacts, reader: Localisation) -> NextRow:
    return NextRow(
        reader.short_date(day),
        isolated(action.team),
        _short(reader.text(action.title)),
        _short(reader.text(action.owner)),
    )


def _done_row(one: DoneAction, reader: Localisation) -> DoneRow:
    return DoneRow(
        isolated(one.team),
        _short(reader.text(one.title)),
        reader.text(one.serves),
        label_words(one.outcome, reader),
    )


def _short(words: str) -> str:
    return textwrap.shorten(words, LONGEST_TITLE, placeholder="…")


def _more(count: int, reader: Localisation) -> str:
    if count <= 0:
        return ""
    return reader.ngettext("%(n)s more is in the workbook.", "%(n)s more are in the workbook.", count)
