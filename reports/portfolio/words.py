"""The words for teams beside each other, the same on the page, in the workbook and in the summary."""

from __future__ import annotations

from collections.abc import Sequence

from assessment.domain import conventions as c
from assessment.domain.portfolio import AttentionKind, Cell, Reason, RoundMove, Standing, TeamLine
from assessment.domain.result import ChangeLabel
from assessment.domain.scale import Scale
from assessment.domain.texts import Text
from assessment.infra.languages import N_, Localisation
from reports.engine.words import level_name

MOST_NAMED = 3
"""Pillars or moments of one reason that are named; of more, so many and how many more."""

STANDING = {
    Standing.WITHHELD: N_("Withheld: too few answers to show a result"),
    Standing.OTHER_QUESTIONS: N_("Asked other questions"),
    Standing.NO_ROUND: N_("No results yet"),
}
LABELS: dict[ChangeLabel, str] = {
    "improved": N_("up"),
    "worse": N_("down"),
    "same": N_("about the same"),
    "unclear": N_("not sure yet"),
    "withheld": N_("withheld"),
}
ARROWS: dict[ChangeLabel, str] = {"improved": "▲", "worse": "▼", "same": "="}
"""Signs beside a figure; nothing where a change is not sure."""


def score_words(cell: Cell, scale: Scale, reader: Localisation) -> str:
    """The score with one decimal; "≥ 4.8" for a bound, the word where it is withheld."""
    if cell.score is None:
        return reader.gettext("withheld")
    figure = reader.number(cell.score, 1)
    bound = scale.bound_of(cell.score) if cell.n is not None else None
    if bound:
        return f"{'≤' if bound == 'low' else '≥'}\N{NO-BREAK SPACE}{figure}"
    return figure


def is_probable(cell: Cell, scale: Scale) -> bool:
    """Whether the level could be the one next to it: of few answers, or where the interval crosses a cut."""
    if cell.n is None:
        return False
    if cell.n < c.INTERVAL_N:
        return True
    return cell.low is not None and cell.high is not None and scale.level(cell.low) != scale.level(cell.high)


def level_words(cell: Cell, scale: Scale, reader: Localisation) -> str:
    """The level in a word; empty where there is none."""
    if cell.level is None:
        return ""
    name = level_name(cell.level, reader)
    return reader.gettext("Probably %(level)s", level=name.lower()) if is_probable(cell, scale) else name


def label_words(label: ChangeLabel | None, reader: Localisation) -> str:
    """What became of a figure since the round before, in a word; empty where nothing was compared."""
    return reader.gettext(LABELS[label]) if label else ""


def answered_words(line: TeamLine, reader: Localisation) -> str:
    """How many of the team took part; empty where that is not known."""
    if line.is_agreed:
        return reader.gettext("agreed together")
    if line.answered is None:
        return ""
    return reader.gettext(
        "%(answered)s of %(people)s answered", answered=reader.number(line.answered), people=reader.number(line.people)
    )


def weakest_words(line: TeamLine, reader: Localisation) -> str:
    """The weakest moment, or all of those that are level; that all are."""
    if line.is_level:
        return reader.gettext("All moments are tied")
    return named(line.weakest, reader)


def actions_words(line: TeamLine, reader: Localisation) -> str:
    """How many actions of the latest plan are done, late and stuck; empty where there is no plan."""
    if line.progress is None:
        return ""
    done = reader.gettext(
        "%(done)s of %(total)s done", done=reader.number(line.progress.done), total=reader.number(line.progress.total)
    )
    late, stuck = line.progress.late, line.progress.stuck
    parts = [
        done,
        reader.ngettext("%(n)s late", "%(n)s late", late) if late else "",
        reader.ngettext("%(n)s stuck", "%(n)s stuck", stuck) if stuck else "",
    ]
    return ", ".join(filter(None, parts))


REASONS: dict[AttentionKind, str] = {
    AttentionKind.ALARM: N_("One in ten or more say that promises are broken at: %(names)s."),
    AttentionKind.WORSE: N_("Down since the round before, which is unlikely to be chance: %(names)s."),
    AttentionKind.ROUND_CLOSED: N_("A round is closed, and its results are not published yet."),
    AttentionKind.ROUND_TOO_FEW: N_("A round stopped with too few answers for a result. It can be opened again."),
    AttentionKind.ROUND_READY: N_("A round is open, and can be closed: %(answered)s of %(people)s answered."),
    AttentionKind.NO_PLAN: N_("The results were published %(n)s days ago, and there is no plan yet."),
    AttentionKind.FEW_ANSWERED: N_("Fewer than half of the team answered."),
    AttentionKind.ROUND_OPEN: N_("A round is open: %(answered)s of %(people)s answered."),
    AttentionKind.ROUND_DRAFT: N_("A round is prepared, and has no day yet."),
    AttentionKind.OVERDUE: N_("No round has been published for longer than was meant."),
    AttentionKind.FIRST_ROUND: N_("No first round yet."),
    AttentionKind.NO_ROUND: N_("More than half a year without a new round."),
}
REASONS_OF_ONE_SHEET: dict[AttentionKind, str] = {
    AttentionKind.ROUND_READY: N_("The team has sent its sheet: the round can be closed."),
    AttentionKind.ROUND_OPEN: N_("A round is open: the team has not sent its sheet yet."),
}
SHORT_REASONS: dict[AttentionKind, str] = {
    AttentionKind.ALARM: N_("broken promises"),
    AttentionKind.ROUND_CLOSED: N_("round to publish"),
    AttentionKind.ROUND_TOO_FEW: N_("round with too few answers"),
    AttentionKind.ROUND_READY: N_("round can be closed"),
    AttentionKind.NO_PLAN: N_("no plan"),
    AttentionKind.FEW_ANSWERED: N_("few answered"),
    AttentionKind.ROUND_OPEN: N_("round open"),
    AttentionKind.ROUND_DRAFT: N_("round prepared"),
    AttentionKind.OVERDUE: N_("no recent round"),
    AttentionKind.FIRST_ROUND: N_("no first round yet"),
    AttentionKind.NO_ROUND: N_("no recent round"),
    AttentionKind.WITHHELD: N_("something withheld"),
}


def reason_words(reason: Reason, reader: Localisation) -> str:
    """Why a team needs attention, as a sentence."""
    names = named(reason.names, reader)
    match reason.kind:
        case AttentionKind.LATE:
            return reader.ngettext(
                "%(n)s action of the plan is late.", "%(n)s actions of the plan are late.", reason.count
            )
        case AttentionKind.STUCK:
            return reader.ngettext(
                "%(n)s action of the plan is stuck.", "%(n)s actions of the plan are stuck.", reason.count
            )
        case AttentionKind.WITHHELD if names:
            return reader.gettext("Withheld, to protect those who answered: %(pillars)s.", pillars=names)
        case AttentionKind.WITHHELD:
            return reader.gettext("The result is withheld: too few answers.")
    words = (not reason.of and REASONS_OF_ONE_SHEET.get(reason.kind)) or REASONS[reason.kind]
    return reader.gettext(words) % {
        "names": names,
        "n": reader.number(reason.count),
        "answered": reader.number(reason.count),
        "people": reader.number(reason.of),
    }


def short_reason(reason: Reason, reader: Localisation) -> str:
    """The same in two or three words, for a table."""
    match reason.kind:
        case AttentionKind.LATE:
            return reader.ngettext("%(n)s action late", "%(n)s actions late", reason.count)
        case AttentionKind.STUCK:
            return reader.ngettext("%(n)s action stuck", "%(n)s actions stuck", reason.count)
        case AttentionKind.WORSE:
            return reader.ngettext("%(n)s pillar down", "%(n)s pillars down", len(reason.names))
    return reader.gettext(SHORT_REASONS[reason.kind])


def named(names: Sequence[Text], reader: Localisation) -> str:
    """Names as in a sentence: all of them, or some and how many more there are."""
    words = [reader.text(name) for name in names]
    if len(words) <= MOST_NAMED:
        return reader.list_of(words)
    more = len(words) - MOST_NAMED
    return reader.ngettext(
        "%(names)s and %(n)s more", "%(names)s and %(n)s more", more, names=", ".join(words[:MOST_NAMED])
    )


def move_words(move: RoundMove, reader: Localisation) -> str:
    """How many pillars went up and down in a round: "▲2 ▼1"; "0" where none did."""
    parts = [f"▲{reader.number(move.up)}" if move.up else "", f"▼{reader.number(move.down)}" if move.down else ""]
    return "\N{NO-BREAK SPACE}".join(filter(None, parts)) or reader.number(0)


def move_sentence(move: RoundMove, reader: Localisation) -> str:
    """The same as people say it."""
    if move.is_withheld:
        return reader.gettext("withheld")
    if not move.is_compared:
        return reader.gettext("not compared")
    up, down = (
        reader.ngettext("%(n)s pillar up", "%(n)s pillars up", move.up) if move.up else "",
        reader.ngettext("%(n)s pillar down", "%(n)s pillars down", move.down) if move.down else "",
    )
    return ", ".join(filter(None, (up, down))) or reader.gettext("no clear change")
