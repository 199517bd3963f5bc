"""Released figures of all teams → an XLSX workbook, without macros or formulas.

XlsxWriter, which has no types, is imported when the first workbook is written. Rows are written to disk as they come,
so that a thousand teams need little memory.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from assessment.domain.as_read import as_read
from assessment.domain.portfolio import Standing
from assessment.infra.languages import N_, Localisation
from assessment.infra.spreadsheets import safe_text
from reports.engine.words import ACTION_STATUS, level_name
from reports.portfolio.words import (
    STANDING,
    label_words,
    reason_words,
    weakest_words,
)
from reports.workbook.source import WorkbookSource

Workbook: TypeAlias = Any
Worksheet: TypeAlias = Any
Format: TypeAlias = Any
Value: TypeAlias = "str | int | float | dt.date | None"

MOST_ROWS = 1_000_000
"""Rows of a sheet; Excel takes a few more."""
PERCENT_DIGITS = 2
TOLD = frozenset({"improved", "worse", "same"})
"""The changes that are listed: of the others nothing is sure."""

KINDS = {
    "overall": N_("All pillars together"),
    "pillar": N_("Pillar"),
    "group": N_("Group of statements"),
    "point": N_("Moment"),
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a sheet: its header, what it means, its width in characters, and how its numbers look."""

    header: str
    meaning: str
    width: int = 14
    style: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Value]]


def build_workbook(source: WorkbookSource, reader: Localisation) -> bytes:
    """The workbook in the reader's language: what its sheets and columns mean, then teams, results, changes, actions
    and participation."""
    import xlsxwriter

    target = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as workbook:
        workbook.set_properties({"title": f"{source.organisation} · {reader.gettext('All teams')}", "author": "Escala"})
        sheets = _sheets(source, reader)
        formats = _formats(workbook)
        _write_read_me(workbook, source, sheets, formats, reader)
        for sheet in sheets:
            _write_sheet(workbook, sheet, formats)
    return target.getvalue()


def _formats(workbook: Workbook) -> dict[str, Format]:
    return {
        "": workbook.add_format(),
        "head": workbook.add_format(
            {"bold": True, "bottom": 1, "bg_color": "#EEF1F4", "text_wrap": True, "valign": "top"}
        ),
        "title": workbook.add_format({"bold": True, "font_size": 14}),
        "wrapped": workbook.add_format({"text_wrap": True, "valign": "top"}),
        "date": workbook.add_format({"num_format": "yyyy-mm-dd", "align": "left"}),
        "score": workbook.add_format({"num_format": "0.0"}),
        "signed": workbook.add_format({"num_format": "+0.0;-0.0;0.0"}),
        "percent": workbook.add_format({"num_format": "0%"}),
    }


def _write_sheet(workbook: Workbook, sheet: Sheet, formats: dict[str, Format]) -> None:
    from reports.workbook.long_sheet import LongSheet

    page = workbook.add_worksheet(sheet.name, worksheet_class=LongSheet)
    for at, column in enumerate(sheet.columns):
        page.set_column(at, at, column.width)
        page.write_string(0, at, safe_text(column.header), formats["head"])
    last = page.write_rows(sheet.rows, [formats[column.style] for column in sheet.columns], first=1, most=MOST_ROWS)
    page.freeze_panes(1, 1)
    page.autofilter(0, 0, max(1, last), len(sheet.columns) - 1)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)


def _write_read_me(
    workbook: Workbook,
    source: WorkbookSource,
    sheets: Sequence[Sheet],
    formats: dict[str, Format],
    reader: Localisation,
) -> None:
    page = workbook.add_worksheet(reader.gettext("Read me"))
    for at, width in enumerate((24, 26, 90)):
        page.set_column(at, at, width)
    page.write_string(0, 0, safe_text(source.organisation), formats["title"])
    line = 0
    for line, sentence in enumerate(_read_me(source, reader), start=1):
        page.write_string(line, 0, safe_text(sentence))
    head = line + 2
    for at, header in enumerate((reader.gettext("Sheet"), reader.gettext("Column"), reader.gettext("What it means"))):
        page.write_string(head, at, header, formats["head"])
    line = head
    page.set_landscape()
    page.fit_to_pages(1, 0)
    for sheet in sheets:
        for column in sheet.columns:
            line += 1
            for at, text in enumerate((sheet.name, column.header, column.meaning)):
                page.write_string(line, at, safe_text(text), formats["wrapped"])


def _read_me(source: WorkbookSource, reader: Localisation) -> Iterator[str]:
    yield reader.gettext("All teams, as of %(day)s.", day=reader.date(source.made_on))
    if source.tag:
        yield reader.gettext("Only teams with the tag “%(tag)s”.", tag=source.tag)
    yield reader.gettext(
        "Every figure is what a team's results show, rounded as there. Nothing is told of single people, nor of fewer "
        "than %(n)s.",
        n=reader.number(source.minimum_group),
    )
    yield reader.gettext(
        "“%(withheld)s” stands where there is a figure that may not be shown: it is not zero. An empty cell means that "
        "there is none.",
        withheld=reader.gettext("withheld"),
    )
    levels = ", ".join(f"{level} {level_name(level, reader)}" for level in range(1, 6))
    yield reader.gettext("Levels: %(levels)s.", levels=levels)


def _sheets(source: WorkbookSource, reader: Localisation) -> list[Sheet]:
    return [
        _teams(source, reader),
        _results(source, reader),
        _changes(source, reader),
        _actions(source, reader),
        _participation(source, reader),
    ]


def _team_column(reader: Localisation) -> Column:
    return Column(reader.gettext("Team"), reader.gettext("The team's name."), 26)


def _round_columns(reader: Localisation) -> list[Column]:
    return [
        _team_column(reader),
        Column(reader.gettext("Round"), reader.gettext("The name of the round."), 22),
        Column(reader.gettext("Published"), reader.gettext("The day on which its results were published."), 12, "date"),
    ]


def _as_read(score: float | None) -> float | None:
    return None if score is None else as_read(score)


def _teams(source: WorkbookSource, reader: Localisation) -> Sheet:
    pillars, withheld = source.questionnaire.pillars, reader.gettext("withheld")
    columns = [
        _team_column(reader),
        Column(reader.gettext("Tags"), reader.gettext("Its tags, with commas between them."), 18),
        *_round_columns(reader)[1:],
        Column(
            reader.gettext("No result, because"),
            reader.gettext("Empty where there is a result; otherwise why there is none for these questions."),
            22,
        ),
        *(
            Column(
                reader.text(pillar.short_name),
                reader.gettext("Score of “%(pillar)s” in the latest round.", pillar=reader.text(pillar.name)),
                12,
                "score",
            )
            for pillar in pillars
        ),
        Column(
            reader.gettext("Weakest moment"),
            reader.gettext("The lowest perception point, or all that are tied for lowest."),
            28,
        ),
        Column(reader.gettext("Actions"), reader.gettext("Actions of the latest plan, without those given up."), 9),
        Column(reader.gettext("Actions done"), reader.gettext("How many of them are done."), 9),
        Column(reader.gettext("Actions late"), reader.gettext("How many are open after their day."), 9),
        Column(reader.gettext("Attention"), reader.gettext("Why the team needs attention today."), 70),
    ]

    def rows() -> Iterator[Sequence[Value]]:
        for line in source.lines:
            progress = line.progress
            cells = [line.pillars.get(pillar.id) for pillar in pillars]
            nothing = withheld if line.standing is Standing.WITHHELD else None
            yield (
                line.name,
                ", ".join(line.tags),
                line.round_name,
                line.published_on,
                "" if line.standing is Standing.RESULT else reader.gettext(STANDING[line.standing]),
                *((withheld if cell.is_withheld else _as_read(cell.score)) if cell else nothing for cell in cells),
                weakest_words(line, reader),
                progress.total if progress else None,
                progress.done if progress else None,
                progress.late if progress else None,
                " ".join(reason_words(reason, reader) for reason in line.reasons),
            )
        if source.over:
            means = [_as_read(source.over[pillar.id].mean) if pillar.id in source.over else None for pillar in pillars]
            name = reader.gettext("Everybody together")
            words = (
                reader.gettext("The mean over all people of the whole organisation, whatever the tag")
                if source.tag
                else reader.gettext("The mean over all people of all teams that are shown")
            )
            yield (name, "", "", None, words, *means)

    return Sheet(reader.gettext("Teams"), columns, rows())


def _results(source: WorkbookSource, reader: Localisation) -> Sheet:
    withheld = reader.gettext("withheld")
    bounds = {"low": reader.gettext("or less"), "high": reader.gettext("or more"), None: None}
    kinds = {kind: reader.gettext(words) for kind, words in KINDS.items()}
    columns = [
        *_round_columns(reader),
        Column(reader.gettext("What"), reader.gettext("All pillars together, a pillar, a group or a moment."), 20),
        Column(reader.gettext("Name"), reader.gettext("The name of the pillar, group or moment."), 36),
        Column(reader.gettext("People"), reader.gettext("How many people the figure is of; empty where agreed."), 9),
        Column(
            reader.gettext("Score"),
            reader.gettext("The mean of people's scores; of a moment, the step in the middle (1 to 6)."),
            12,
            "score",
        ),
        Column(
            reader.gettext("Or less, or more"),
            reader.gettext("“or less”, “or more”: the score is so near an end that only this is shown."),
            10,
        ),
        Column(reader.gettext("Level"), reader.gettext("The maturity level, 1 to 5."), 8),
        Column(reader.gettext("How sure"), reader.gettext("“likely” where it could be the level next to it."), 12),
        Column(reader.gettext("From"), reader.gettext("Lower end of the 95 % interval of the score."), 8, "score"),
        Column(reader.gettext("To"), reader.gettext("Upper end of the 95 % interval of the score."), 8, "score"),
    ]

    names, probable = [reader.text(name) for name in source.names], reader.gettext("likely")

    def rows() -> Iterator[Sequence[Value]]:
        for at, kind, name, n, score, bound, level, is_probable, low, high, _change, _label in source.figures:
            about = source.rounds[at]
            yield (
                about.team,
                about.name,
                about.published_on,
                kinds[kind],
                names[name],
                n,
                withheld if score is None else score,
                bounds[bound],
                level,
                probable if is_probable else None,
                low,
                high,
            )

    return Sheet(reader.gettext("Results"), columns, rows())


def _changes(source: WorkbookSource, reader: Localisation) -> Sheet:
    kinds = {kind: reader.gettext(words) for kind, words in KINDS.items()}
    columns = [
        *_round_columns(reader),
        Column(reader.gettext("What"), reader.gettext("All pillars together, a pillar, a group or a moment."), 20),
        Column(reader.gettext("Name"), reader.gettext("The name of the pillar, group or moment."), 36),
        Column(
            reader.gettext("Difference"),
            reader.gettext("Points more or less than in the team's round before; the next column says what it means."),
            12,
            "signed",
        ),
        Column(
            reader.gettext("In words"),
            reader.gettext(
                "“up” or “down” where it is unlikely to be chance, “about the same” where any change is small. What is "
                "not here is not sure, or was not compared."
            ),
            18,
        ),
    ]

    names = [reader.text(name) for name in source.names]

    def rows() -> Iterator[Sequence[Value]]:
        for at, kind, name, *_figure, change, label in source.figures:
            if label in TOLD:
                about, words = source.rounds[at], label_words(label, reader)
                difference = change if kind != "point" else None
                yield about.team, about.name, about.published_on, kinds[kind], names[name], difference, words

    return Sheet(reader.gettext("Changes"), columns, rows())


def _actions(source: WorkbookSource, reader: Localisation) -> Sheet:
    columns = [
        _team_column(reader),
        Column(reader.gettext("Round"), reader.gettext("The round that the plan came from."), 22),
        Column(reader.gettext("Plan drawn up"), reader.gettext("The day of the plan."), 12, "date"),
        Column(
            reader.gettext("Which plan"),
            reader.gettext("“current” for the team's latest plan, “earlier” for those before it."),
            10,
        ),
        Column(reader.gettext("It serves"), reader.gettext("The pillar or moment that it is to lift."), 30),
        Column(reader.gettext("Action"), reader.gettext("What is to be done."), 50),
        Column(reader.gettext("Who"), reader.gettext("Who has taken it on, or is proposed."), 24),
        Column(reader.gettext("By"), reader.gettext("The day by which it is to be done."), 12, "date"),
        Column(reader.gettext("How far it is"), reader.gettext("To do, under way, stuck, done or given up."), 14),
        Column(
            reader.gettext("Late"), reader.gettext("“late” where it is of the current plan and open after its day."), 8
        ),
    ]
    late, current, earlier = reader.gettext("late"), reader.gettext("current"), reader.gettext("earlier")
    rows = (
        (
            action.team,
            action.round,
            action.drawn_on,
            current if action.is_current else earlier,
            reader.text(action.serves),
            reader.text(action.title),
            reader.text(action.owner),
            action.due_on,
            reader.gettext(ACTION_STATUS[action.status.value]),
            late if action.is_late else "",
        )
        for action in source.actions
    )
    return Sheet(reader.gettext("Actions"), columns, rows)


def _participation(source: WorkbookSource, reader: Localisation) -> Sheet:
    columns = [
        *_round_columns(reader),
        Column(reader.gettext("How"), reader.gettext("“agreed together” where the team answered one sheet."), 20),
        Column(reader.gettext("Answered"), reader.gettext("How many of the team answered."), 10),
        Column(reader.gettext("In the team"), reader.gettext("How many people the team had."), 10),
        Column(reader.gettext("Share"), reader.gettext("Answered, of those in the team."), 8, "percent"),
        Column(reader.gettext("Result"), reader.gettext("“withheld” where too few answered to show one."), 16),
    ]
    agreed, withheld = reader.gettext("agreed together"), reader.gettext("withheld")
    rows = (
        (
            one.team,
            one.name,
            one.published_on,
            agreed if one.is_agreed else "",
            one.answered,
            one.people,
            round(one.answered / one.people, PERCENT_DIGITS) if one.answered is not None and one.people else None,
            withheld if one.is_withheld else "",
        )
        for one in source.rounds
    )
    return Sheet(reader.gettext("Participation"), columns, rows)
