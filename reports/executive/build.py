"""Released figures of all teams → the summary's context → HTML → PDF."""

from __future__ import annotations

import datetime as dt
import textwrap
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from assessment.domain.portfolio import AttentionKind, Cell, Standing, TeamLine, TeamMoves
from assessment.domain.result import ChangeLabel
from assessment.domain.texts import Text
from assessment.infra.languages import N_, Localisation
from reports.engine.charts import scale_bar
from reports.engine.html import render_document
from reports.engine.scripts import isolated
from reports.engine.words import level_name
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
    is_probable,
    label_words,
    level_words,
    move_words,
    named,
    reason_words,
    score_words,
    weakest_words,
)
from reports.workbook.source import ActionFacts

TEMPLATE = "executive/document.html"
FEW_UP_TO = 12
"""So many teams leave room on their page."""
FEWEST_UP_TO = 4
"""So many leave so much room that help and what comes next have a page each."""
ROOMY_UP_TO = 7
"""Up to so many teams what was done begins a page; of more, one list follows the other."""
LONG_FROM = 41
"""From so many teams on their table comes last, and has only those that need help most."""
MOST_TEAMS = 14
MOVED: tuple[ChangeLabel, ChangeLabel] = ("improved", "worse")
MOST_ROUNDS = 6
MOST_MOVES = 12
MOST_DONE = 10
MOST_HELP = 12
MOST_NEXT = 8
OF_MANY = 8
"""Rows of each list where there are many teams: two lists fill a page, and none runs over to the next."""
OF_MANY_NEXT = 6
SOON = dt.timedelta(days=45)
LONGEST_TITLE = 110


def build_context(source: ExecutiveSource, reader: Localisation) -> ExecutiveContext:
    """The summary in the reader's language."""
    needy = sorted((line for line in source.lines if line.reasons), key=lambda line: line.reasons[0].urgency)
    is_long = len(source.lines) >= LONG_FROM
    most_moves, most_done, most_help, most_next = (
        (OF_MANY, OF_MANY, OF_MANY, OF_MANY_NEXT) if is_long else (MOST_MOVES, MOST_DONE, MOST_HELP, MOST_NEXT)
    )
    told = _told_moves(source, most_moves)
    done, due = _done_in_turn(source), _due_soon(source, most_next)
    others = [line for line in source.lines if not line.reasons]
    listed = (needy + others)[:MOST_TEAMS] if is_long else source.lines
    return ExecutiveContext(
        lang=reader.tag,
        paper=source.paper,
        accent=source.accent,
        consultancy=source.consultancy,
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
        teams=tuple(_team_row(line, source, reader) for line in listed),
        teams_more=_more(len(source.lines) - len(listed), reader),
        is_few=len(source.lines) <= FEW_UP_TO,
        is_long=is_long,
        page_starts=_page_starts(len(source.lines)),
        moved=tuple(_moved(source, reader)),
        moves=tuple(_move_row(moves, line, source, reader) for moves, line in told[:most_moves]),
        moves_note=_moves_note(len(told) > most_moves, reader),
        moves_more=_more(len(told) - most_moves, reader),
        done=tuple(_done(source, reader)),
        done_rows=tuple(_done_row(one, reader) for one in done[:most_done]),
        done_more=_more(len(done) - most_done, reader),
        help=tuple(
            HelpRow(isolated(line.name), tuple(reason_words(reason, reader) for reason in line.reasons))
            for line in needy[:most_help]
        ),
        help_more=_more(len(needy) - most_help, reader),
        next=tuple(_next(source, reader)),
        next_rows=tuple(_next_row(day, action, reader) for day, action in due[:most_next]),
        next_more=_more(len(due) - most_next, reader),
    )


def _page_starts(teams: int) -> tuple[str, ...]:
    """The sections that begin a page, so that none is left with a few lines."""
    if teams >= LONG_FROM:
        return ("moved",)
    if teams > ROOMY_UP_TO:
        return ()
    return ("done", "next") if teams <= FEWEST_UP_TO else ("done", "help")


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
    """Where the organisation stands, and what moved."""
    levels = Counter(cell.level for line in source.lines for cell in line.pillars.values() if cell.level)
    if not levels:
        return reader.gettext("No team has a result to show yet")
    most = max(levels, key=lambda level: (levels[level], level))
    name = level_name(most, reader).lower()
    if 2 * levels[most] > levels.total():
        stands = reader.gettext("Most pillars of most teams stand on level %(n)s, %(name)s", n=most, name=name)
    else:
        stands = reader.gettext("Teams stand on different levels, most often on %(n)s, %(name)s", n=most, name=name)
    labels = Counter(cell.label for line in source.lines for cell in line.pillars.values() if cell.label)
    if not labels:
        return stands
    if not labels["improved"] and not labels["worse"]:
        return reader.gettext("%(stands)s; nothing has clearly changed", stands=stands)
    up, down = (labels[label] for label in MOVED)
    rose = reader.ngettext("%(n)s pillar went up", "%(n)s pillars went up", up) if up else ""
    fell = reader.ngettext("%(n)s went down", "%(n)s went down", down) if down else ""
    moved = reader.list_of([rose or reader.gettext("none went up"), fell or reader.gettext("none went down")])
    return reader.gettext("%(stands)s; since the round before, %(moved)s", stands=stands, moved=moved)


# Where we stand


def _standing(source: ExecutiveSource, reader: Localisation) -> Iterable[str]:
    lines = source.lines
    shown = [line for line in lines if line.standing is Standing.RESULT]
    if len(shown) == len(lines) > 1:
        yield reader.gettext("All %(n)s teams have a result.", n=reader.number(len(lines)))
    else:
        yield reader.ngettext(
            "%(shown)s of %(n)s team has a result.",
            "%(shown)s of %(n)s teams have a result.",
            len(lines),
            shown=reader.number(len(shown)),
        )
    needy = sum(bool(line.reasons) for line in lines)
    if needy:
        yield reader.ngettext("%(n)s team needs attention.", "%(n)s teams need attention.", needy)
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
            "%(n)s team has no results for these questions yet.",
            "%(n)s teams have no results for these questions yet.",
            nothing,
        )
    if source.over:
        by_mean = sorted(source.over, key=lambda pillar: source.over[pillar].mean)
        low, high = source.over[by_mean[0]].mean, source.over[by_mean[-1]].mean
        names = {pillar.id: pillar.name for pillar in source.questionnaire.pillars}
        if low < high:
            words = reader.gettext(IN_ALL if source.tag else TOGETHER)
            yield words % {
                "low": named([names[pillar] for pillar in by_mean if source.over[pillar].mean == low], reader),
                "low_mean": reader.number(low, 1),
                "high": named([names[pillar] for pillar in by_mean if source.over[pillar].mean == high], reader),
                "high_mean": reader.number(high, 1),
            }


TOGETHER = N_("For everybody together, the lowest is %(low)s (%(low_mean)s), the highest %(high)s (%(high_mean)s).")
IN_ALL = N_(
    "In the whole organisation, also without the tag, the lowest is %(low)s (%(low_mean)s), the highest %(high)s "
    "(%(high_mean)s)."
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
    if source.tag:
        return reader.gettext(
            "The figure is the mean over all people of all teams of the organisation that are shown for a pillar, also "
            "of those without the tag. Beside it, how many of the teams with the tag are on each level; one that could "
            "be on the next is counted where it probably is."
        )
    return reader.gettext(
        "The figure is the mean over all people of all teams that are shown for a pillar, each person once. Beside it, "
        "how many of the teams here are on each level; one that could be on the next is counted where it probably is."
    )


def _team_row(line: TeamLine, source: ExecutiveSource, reader: Localisation) -> TeamRow:
    about = " · ".join(filter(None, (_short_day(line, reader), _answered(line, reader))))
    if line.standing is not Standing.RESULT:
        return TeamRow(isolated(line.name), about, "", reader.gettext(STANDING[line.standing]), ())
    pillars = source.questionnaire.pillars
    cells = tuple(_cell(line.pillars.get(pillar.id), source, reader) for pillar in pillars)
    return TeamRow(isolated(line.name), about, weakest_words(line, reader), "", cells)


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
    probable = is_probable(cell, scale)
    return CellShown(cell.level or 0, score, arrow, ", ".join(filter(None, words)), is_probable=probable)


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
    points_up = sum(len(line.moments_up) for line in source.lines)
    points_down = sum(len(line.moments_down) for line in source.lines)
    if points_up or points_down:
        yield reader.gettext(
            "Of the moments of the service, %(up)s went up and %(down)s went down.",
            up=reader.number(points_up),
            down=reader.number(points_down),
        )
    yield reader.gettext("Only what is unlikely to be chance counts as up or down.")


def _told_moves(source: ExecutiveSource, most: int) -> list[tuple[TeamMoves, TeamLine]]:
    """The teams of which a move can be told, by name; of more than there is room for, those with the largest clear
    changes first."""
    told = []
    for moves, line in zip(source.moves, source.lines, strict=True):
        is_told = line.moments_up or line.moments_down or any(cell.label for cell in line.pillars.values())
        if is_told or any(one.is_compared for one in moves.rounds):
            clear = [abs(cell.change or 0) for cell in line.pillars.values() if cell.label in MOVED]
            told.append((max(clear, default=0), len(clear), (moves, line)))
    if len(told) > most:
        told.sort(key=lambda entry: entry[:2], reverse=True)
    return [one for _largest, _count, one in told]


def _moves_note(is_cut: bool, reader: Localisation) -> str:
    return reader.gettext("The teams with the largest clear changes come first.") if is_cut else ""


def _move_row(moves: TeamMoves, line: TeamLine, source: ExecutiveSource, reader: Localisation) -> MoveRow:
    names = {pillar.id: pillar.short_name for pillar in source.questionnaire.pillars}
    up, down = (
        [names[pillar] for pillar, cell in line.pillars.items() if cell.label == label and pillar in names]
        for label in ("improved", "worse")
    )
    moments_up, moments_down = named(line.moments_up, reader), named(line.moments_down, reader)
    latest = [
        reader.gettext("up: %(pillars)s", pillars=named(up, reader)) if up else "",
        reader.gettext("down: %(pillars)s", pillars=named(down, reader)) if down else "",
        reader.gettext("moments up: %(moments)s", moments=moments_up) if moments_up else "",
        reader.gettext("moments down: %(moments)s", moments=moments_down) if moments_down else "",
    ]
    if not any(latest) and any(cell.label for cell in line.pillars.values()):
        latest = [reader.gettext("no clear change")]
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
        became = Counter(FOLLOWED.get(one.outcome, "") if one.outcome else "" for one in source.done)
        yield reader.ngettext(
            "%(n)s finished action is looked at, also of plans before where the latest round tells what followed.",
            "%(n)s finished actions are looked at, also of plans before where the latest round tells what followed.",
            len(source.done),
        )
        followed = {
            "up": reader.gettext("up after %(n)s", n=reader.number(became["up"])),
            "same": reader.gettext("no clear change after %(n)s", n=reader.number(became["same"])),
            "down": reader.gettext("down after %(n)s", n=reader.number(became["down"])),
            "": reader.gettext("not known yet after %(n)s", n=reader.number(became[""])),
        }
        told = reader.list_of([words for one, words in followed.items() if became[one]])
        yield reader.gettext("What they serve afterwards: %(told)s.", told=told)
        yield reader.gettext(
            "What moved afterwards did not move because of it alone: other things changed, too, and low scores rise by "
            "themselves."
        )


FOLLOWED: dict[ChangeLabel, str] = {"improved": "up", "worse": "down", "same": "same", "unclear": "same"}
TELLING: tuple[ChangeLabel | None, ...] = ("improved", "worse", "same", "unclear", None)
"""What became of finished actions, in the order in which it tells most."""


def _done_in_turn(source: ExecutiveSource) -> list[DoneAction]:
    """Finished actions, those first of which most is known, and of each team one before any has two."""
    order = {label: at for at, label in enumerate(TELLING)}
    by_team: dict[str, list[DoneAction]] = defaultdict(list)
    for one in sorted(source.done, key=lambda one: order.get(one.outcome, len(order))):
        by_team[one.team].append(one)
    seen: Counter[tuple[int, ChangeLabel | None]] = Counter()
    spread = []
    for own in by_team.values():
        for place, one in enumerate(own):
            # What went up and what went down take turns.
            is_clear = one.outcome in MOVED
            turn = seen[place, one.outcome] if is_clear else 0
            seen[place, one.outcome] += 1
            spread.append(((place, not is_clear, turn, order.get(one.outcome, len(order))), one))
    spread.sort(key=lambda entry: entry[0])
    return [one for _key, one in spread]


def _done_row(one: DoneAction, reader: Localisation) -> DoneRow:
    return DoneRow(
        isolated(one.team),
        " · ".join(filter(None, (isolated(one.round) if one.round else "", _month(one, reader)))),
        _short(reader.text(one.title)),
        reader.text(one.serves),
        _afterwards(one, reader),
    )


def _month(one: DoneAction, reader: Localisation) -> str:
    return f"{reader.short_date(one.drawn_on)} {one.drawn_on.year}" if one.drawn_on else ""


def _afterwards(one: DoneAction, reader: Localisation) -> str:
    return reader.gettext("no clear change") if one.outcome == "unclear" else label_words(one.outcome, reader)


def _next(source: ExecutiveSource, reader: Localisation) -> Iterable[str]:
    """What to do about what needs attention, most pressing first, and where."""
    teams: dict[AttentionKind, list[tuple[tuple[int, int], str]]] = defaultdict(list)
    for line in source.lines:
        for reason in line.reasons:
            teams[reason.kind].append((reason.urgency, line.name))
    for kinds, words in TO_DO:
        told = sorted(entry for kind in kinds for entry in teams[kind])
        if told:
            yield reader.gettext(words) % {"teams": _named_teams([name for _urgency, name in told], reader)}


TO_DO: tuple[tuple[tuple[AttentionKind, ...], str], ...] = (
    ((AttentionKind.ALARM,), N_("Start with the broken promises in %(teams)s.")),
    ((AttentionKind.LATE,), N_("Ask what holds late actions up in %(teams)s.")),
    ((AttentionKind.STUCK,), N_("See who can help with stuck actions in %(teams)s.")),
    ((AttentionKind.WORSE,), N_("Talk about what went down with %(teams)s.")),
    ((AttentionKind.ROUND_CLOSED,), N_("Have the closed round published in %(teams)s.")),
    ((AttentionKind.ROUND_TOO_FEW,), N_("Have the round opened again in %(teams)s: too few answered.")),
    ((AttentionKind.ROUND_READY,), N_("Have the round closed in %(teams)s: enough people have answered.")),
    ((AttentionKind.NO_PLAN,), N_("Have a plan drawn up in %(teams)s.")),
    (
        (AttentionKind.OVERDUE, AttentionKind.NO_ROUND, AttentionKind.FIRST_ROUND, AttentionKind.ROUND_DRAFT),
        N_("Have a round opened in %(teams)s."),
    ),
    ((AttentionKind.ROUND_OPEN,), N_("Invite people once more to the open round in %(teams)s.")),
    (
        (AttentionKind.FEW_ANSWERED,),
        N_("Win more people to answer in %(teams)s: say what came of the last round."),
    ),
)
"""What is to be done about each reason."""


def _named_teams(names: Sequence[str], reader: Localisation) -> str:
    """The first of these teams, and how many more."""
    return named([Text(isolated(name), isolated(name)) for name in names], reader)


def _due_soon(source: ExecutiveSource, most: int) -> list[tuple[dt.date, ActionFacts]]:
    """The open actions that are due soon, by day; the first `most` are those that are shown."""
    last = source.made_on + SOON
    due = [
        (action.due_on, action)
        for action in source.open_actions
        if action.due_on is not None and source.made_on <= action.due_on <= last
    ]
    due.sort(key=lambda entry: (entry[0], entry[1].team))
    if len(due) > most:
        # One of each team before any has two; what is shown stands by day again.
        place: Counter[str] = Counter()
        placed = []
        for day, action in due:
            placed.append((place[action.team], day, action))
            place[action.team] += 1
        placed.sort(key=lambda entry: entry[0])
        first, rest = placed[:most], placed[most:]
        first.sort(key=lambda entry: entry[1])
        due = [(day, action) for _place, day, action in (*first, *rest)]
    return due


def _next_row(day: dt.date, action: ActionFacts, reader: Localisation) -> NextRow:
    return NextRow(
        reader.short_date(day),
        isolated(action.team),
        _short(reader.text(action.title)),
        _short(reader.text(action.owner)),
    )


def _short(words: str) -> str:
    return textwrap.shorten(words, LONGEST_TITLE, placeholder="…")


def _more(count: int, reader: Localisation) -> str:
    if count <= 0:
        return ""
    return reader.ngettext("%(n)s more is in the workbook.", "%(n)s more are in the workbook.", count)
