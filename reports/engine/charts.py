"""Server-rendered SVG, the same in page and PDF.

Each chart is one function that returns markup with a label for screen readers; presentation is by attributes only, so
that no `style=` is needed under a strict content security policy. Colour is never the only sign: steps have their
number and name, cells an outline.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from reports.engine.scripts import needs_shaping

LADDER_COLOURS = ("#d73027", "#fc8d59", "#fee090", "#e0f3f8", "#91bfdb", "#4575b4")
MATURITY_COLOURS = ("#dcebea", "#b3d5d3", "#7db9b6", "#3f9592", "#0b6b6b")
INK, MUTED, LINE, ACCENT, WARN, PAPER = "#1b2430", "#59636f", "#d9d2c5", "#0b6b6b", "#9a3412", "#ffffff"
CLASSES = {INK: "chart-ink", LINE: "chart-line", WARN: "chart-warn", ACCENT: "chart-accent"}
"""By these, a page draws a mark in the colours of the reader's scheme; paper has those of the attributes."""
LETTER = 7.0
"""Width of a letter of size 12: a page draws charts in the reader's font, often wider than the bundled one."""
SANS = "Source Sans, Source Sans Ext, system-ui, sans-serif"


def _svg(
    width: float, height: float, label: str, body: Sequence[str], description: str = "", *, may_stretch: bool = False
) -> Markup:
    """With a description, `label` is the title alone; whoever cannot see the picture gets both.

    One that `may_stretch` fills whatever width and height it is given.
    """
    both = f"{label}. {description}" if description else label
    more = f"<desc>{escape(description)}</desc>" if description else ""
    stretch = 'preserveAspectRatio="none" ' if may_stretch else ""
    return Markup(  # noqa: S704 - every text in `body` is escaped where it is made
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(both)}" {stretch}'
        f'viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}">'
        f"<title>{escape(label)}</title>{more}{''.join(body)}</svg>"
    )


def _text(
    x: float,
    y: float,
    words: str,
    *,
    size: float = 12,
    anchor: str = "start",
    fill: str = INK,
    weight: int = 400,
    is_on_colour: bool = False,
) -> str:
    """A text on the page, or on a colour that is the same in every colour scheme."""
    return (
        f'<text{"" if is_on_colour else _class_of(fill)} x="{x:.1f}" y="{y:.1f}" font-family="{SANS}" '
        f'font-size="{size:g}" font-weight="{weight}" '
        f'fill="{fill}" text-anchor="{anchor}">{escape(words)}</text>'
    )


def _class_of(colour: object) -> str:
    return f' class="{CLASSES[colour]}"' if isinstance(colour, str) and colour in CLASSES else ""


def _rect(x: float, y: float, width: float, height: float, fill: str, **attributes: object) -> str:
    more = "".join(f' {name.replace("_", "-")}="{value}"' for name, value in attributes.items())
    chosen = _class_of(attributes.get("stroke"))
    return f'<rect{chosen} x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{fill}"{more}/>'


def _line(x1: float, y1: float, x2: float, y2: float, **attributes: object) -> str:
    more = "".join(f' {name.replace("_", "-")}="{value}"' for name, value in attributes.items())
    return f'<line{_class_of(attributes.get("stroke"))} x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"{more}/>'


def wrapped(words: str, width: int, lines: int) -> list[str]:
    """Words wrapped into at most `lines` lines; longer text ends in an ellipsis, between words if possible."""
    return textwrap.wrap(words, width, max_lines=lines, placeholder="…", break_long_words=True) or [""]


BOLD = 0.9
"""The share of a column that a name in regular letters may fill, so that a bold one does not touch the next."""
SMALLEST_NAME = 8.5
"""Smaller letters nobody reads: a word that is longer still is broken."""


def name_size(names: Sequence[str], room: float) -> float:
    """How large names may be so that none of their words is broken: size 12, or less."""
    longest = max((len(word) for name in names for word in name.split()), default=1)
    return max(SMALLEST_NAME, min(12.0, 12 * room / (LETTER * longest)))


@dataclass(frozen=True, slots=True)
class LadderColumn:
    """One perception point: `counts` is `None` where a distribution may not be drawn, `median` where it is withheld."""

    name: str
    counts: Sequence[int] | None
    median: float | None
    customers_median: float | None = None
    is_weakest: bool = False


def largest_count(columns: Sequence[LadderColumn]) -> int:
    """How many people the widest bar stands for."""
    return max((max(column.counts) for column in columns if column.counts), default=1)


def ladder_map(columns: Sequence[LadderColumn], steps: Sequence[str], label: str, *, width: float = 760) -> Markup:
    """The ladder along the team's sequence: six labelled rungs, the worst at the bottom.

    Bars show how many people chose a step, the dot the median; a diamond is the customers' median. Names whose letters
    must be drawn together stand below the picture, since a PDF draws the texts of a picture letter by letter.
    """
    names_below = any(needs_shaping(column.name) for column in columns)
    rung, top, left = 34.0, 8.0, 132.0
    size = len(steps)
    column_width = (width - left) / max(1, len(columns))
    size_of_names = name_size([column.name for column in columns], column_width * BOLD)
    chars = max(8, int(column_width * 12 / (LETTER * size_of_names)))
    bottom = top + rung * size
    body = []
    for value, name in enumerate(steps, start=1):
        y = top + rung * (size - value)
        body.append(_rect(left, y, width - left, rung, LADDER_COLOURS[value - 1], fill_opacity="0.15"))
        body.append(_rect(0, y + 5, 20, rung - 10, LADDER_COLOURS[value - 1], stroke=INK, stroke_width="0.6", rx="3"))
        number_colour = PAPER if value in (1, 6) else INK
        body.append(
            _text(
                10,
                y + rung / 2 + 4.5,
                str(value),
                anchor="middle",
                weight=600,
                fill=number_colour,
                size=13,
                is_on_colour=True,
            )
        )
        lines = wrapped(name, 15, 2)
        for at, words in enumerate(lines):
            body.append(_text(28, y + rung / 2 + 4.5 + (at - (len(lines) - 1) / 2) * 13, words, size=12.5))
        if value < size:
            body.append(_line(left, y, width, y, stroke=LINE, stroke_width="0.8"))
    largest = largest_count(columns)
    for at, column in enumerate(columns):
        centre = left + column_width * (at + 0.5)
        body += _ladder_column(column, centre, column_width * 0.86, rung, top, size, largest)
        if names_below:
            continue
        colour, weight = (WARN, 600) if column.is_weakest else (INK, 400)
        for line, words in enumerate(wrapped(column.name, chars, 3)):
            body.append(
                _text(
                    centre, bottom + 18 + 14 * line, words,
                    anchor="middle", fill=colour, weight=weight, size=size_of_names,
                )
            )  # fmt: skip
    if names_below:
        return _svg(width, bottom + 4, label, body) + _names_below(columns)
    lines_below = max((len(wrapped(column.name, chars, 3)) for column in columns), default=1)
    return _svg(width, bottom + 12 + 14 * lines_below, label, body)


def _names_below(columns: Sequence[LadderColumn]) -> Markup:
    cells = (
        Markup('<span dir="auto"{}>{}</span>').format(
            Markup(' class="weakest"') if column.is_weakest else "", column.name
        )
        for column in columns
    )
    return Markup('<div class="map-names" aria-hidden="true"><span></span>{}</div>').format(Markup("").join(cells))


def _ladder_column(
    column: LadderColumn, centre: float, room: float, rung: float, top: float, size: int, largest: int
) -> list[str]:
    body = []
    for value, count in enumerate(column.counts or (), start=1):
        if count:
            bar = max(8.0, room * count / largest)
            y = top + rung * (size - value) + 6
            body.append(
                _rect(
                    centre - bar / 2, y, bar, rung - 12, LADDER_COLOURS[value - 1],
                    rx="3", stroke=INK, stroke_opacity="0.45", stroke_width="0.8",
                )
            )  # fmt: skip
    if column.median is not None:
        y = top + rung * (size - column.median + 0.5)
        body.append(_dot(centre, y, is_weakest=column.is_weakest))
    if column.customers_median is not None:
        y = top + rung * (size - column.customers_median + 0.5)
        body.append(_diamond(centre + min(room / 2, 22), y))
    return body


def _dot(x: float, y: float, *, is_weakest: bool) -> str:
    fill, ring = (PAPER, WARN) if is_weakest else (INK, PAPER)
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="6" fill="{fill}" stroke="{ring}" stroke-width="2.4"/>'


def _diamond(x: float, y: float) -> str:
    shape = f"M{x - 7:.1f} {y:.1f}l7 -7 7 7 -7 7z"
    return f'<path{_class_of(INK)} d="{shape}" fill="{PAPER}" stroke="{INK}" stroke-width="1.6"/>'


def ladder_strip(column: LadderColumn, steps: int, label: str, *, largest: int) -> Markup:
    """One point of the ladder map, drawn horizontally for narrow screens: the best step at the right.

    The marks are those of the map; `largest` is how many people its widest bar stands for.
    """
    cell, lane, band = 46.0, 34.0, 18.0
    body = []
    for value, colour in enumerate(LADDER_COLOURS[:steps], start=1):
        x = cell * (value - 1)
        body.append(_rect(x, 0, cell, lane, colour, fill_opacity="0.15"))
        body.append(_rect(x + 0.5, lane, cell - 1, band, colour, stroke=INK, stroke_width="0.6"))
        number_colour = PAPER if value in (1, 6) else INK
        body.append(
            _text(
                x + cell / 2,
                lane + 13.5,
                str(value),
                anchor="middle",
                weight=600,
                fill=number_colour,
                size=13,
                is_on_colour=True,
            )
        )
        count = column.counts[value - 1] if column.counts else 0
        if count:
            bar = max(8.0, cell * 0.86 * count / largest)
            body.append(
                _rect(
                    x + (cell - bar) / 2, 6, bar, lane - 12, colour,
                    rx="3", stroke=INK, stroke_opacity="0.45", stroke_width="0.8",
                )
            )  # fmt: skip
    has_customers = column.customers_median is not None
    if column.median is not None:
        x, y = cell * (column.median - 0.5), lane / 2 - (6 if has_customers else 0)
        body.append(_dot(x, y, is_weakest=column.is_weakest))
    if column.customers_median is not None:
        body.append(_diamond(cell * (column.customers_median - 0.5), lane / 2 + 8))
    return _svg(cell * steps, lane + band + 0.5, label, body)


def scale_bar(
    mean: float | None, interval: tuple[float, float] | None, target: float | None, label: str, *, scale_points: int = 5
) -> Markup:
    """One score on the scale from 1 to A: the interval as a bar, the score as a dot, a target as a tick."""
    width, height, pad = 190.0, 26.0, 8.0

    def x(value: float) -> float:
        return pad + (width - 2 * pad) * (min(max(value, 1.0), scale_points) - 1) / (scale_points - 1)

    ticks = "".join(f"M{x(tick):g} 9v8" for tick in range(1, scale_points + 1))
    body = [f'<path{_class_of(LINE)} d="M{pad:g} 13H{width - pad:g}{ticks}" stroke="{LINE}" stroke-width="1.4"/>']
    if target is not None:
        body.append(_line(x(target), 4, x(target), 22, stroke=INK, stroke_width="1.2", stroke_dasharray="2.5 2"))
    if interval is not None:
        body.append(
            _line(x(interval[0]), 13, x(interval[1]), 13, stroke="#85b5b5", stroke_width="8", stroke_linecap="butt")
        )
    if mean is not None:
        body.append(
            f'<circle{_class_of(ACCENT)} cx="{x(mean):.1f}" cy="13" r="5.2" fill="{ACCENT}" stroke="{PAPER}" '
            f'stroke-width="1.2"/>'
        )
    return _svg(width, height, label, body)


@dataclass(frozen=True, slots=True)
class RoundMark:
    """A score in one of several rounds; `joins` says whether a line leads to it from the round before.

    `score` is `None` where nothing is shown. A bound stands for a score near an end; an agreed value is no average.
    """

    score: float | None
    interval: tuple[float, float] | None = None
    is_bound: bool = False
    is_agreed: bool = False
    joins: bool = False


def rounds_chart(
    marks: Sequence[RoundMark], title: str, description: str, *, scale_points: int = 5, width: float = 236.0
) -> Markup:
    """One score through all rounds, numbered below from 1: dots with their intervals, and gaps."""
    top, bottom, left, right = 9.0, 105.0, 26.0, width - 10.0
    room = (right - left) / len(marks)

    def x(at: int) -> float:
        return left + room * (at + 0.5)

    def y(value: float) -> float:
        return bottom - (bottom - top) * (min(max(value, 1.0), scale_points) - 1) / (scale_points - 1)

    body = [_line(left, y(tick), right, y(tick), stroke=LINE, stroke_width="1") for tick in range(1, scale_points + 1)]
    body += [_text(left - 8, y(end) + 4, str(end), size=11, anchor="end", fill=INK) for end in (1, scale_points)]
    for at, mark in enumerate(marks):
        body.append(_text(x(at), bottom + 17, str(at + 1), size=11, anchor="middle", fill=INK))
        if mark.score is not None and mark.interval is not None:
            low, high = mark.interval
            body.append(_line(x(at), y(low), x(at), y(high), stroke="#85b5b5", stroke_width="7"))
    for at, mark in enumerate(marks):
        before = marks[at - 1].score if at else None
        if mark.joins and mark.score is not None and before is not None:
            body.append(_line(x(at - 1), y(before), x(at), y(mark.score), stroke=ACCENT, stroke_width="1.6"))
    for at, mark in enumerate(marks):
        if mark.score is not None:
            body.append(_round_mark(x(at), y(mark.score), mark))
    return _svg(width, bottom + 23, title, body, description)


def _round_mark(x: float, y: float, mark: RoundMark) -> str:
    if mark.is_agreed:
        return (
            f'<rect class="chart-hollow" x="{x - 4:.1f}" y="{y - 4:.1f}" width="8" height="8" fill="{PAPER}" '
            f'stroke="{ACCENT}" stroke-width="2"/>'
        )
    kind, fill = ("chart-hollow", PAPER) if mark.is_bound else ("chart-accent", ACCENT)
    ring = ACCENT if mark.is_bound else PAPER
    return (
        f'<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="4.4" fill="{fill}" stroke="{ring}" '
        f'stroke-width="{2 if mark.is_bound else 1}"/>'
    )


def _between(first: str, second: str, share: float) -> str:
    """The colour that lies so far on the way from one to another."""
    mixed = (
        round(int(first[at : at + 2], 16) * (1 - share) + int(second[at : at + 2], 16) * share) for at in (1, 3, 5)
    )
    return "#" + "".join(f"{part:02x}" for part in mixed)


SHADES = tuple(
    _between(MATURITY_COLOURS[at // 4], MATURITY_COLOURS[min(at // 4 + 1, 4)], at % 4 / 4) for at in range(17)
)
"""The maturity colours with three more between two of them: enough for ten points. The classes `shade-0` to `shade-16`
of the style sheets have the same colours."""


def shades_of(points: int) -> tuple[int, ...]:
    """Which shade stands for each point of a scale, from the palest to the strongest."""
    last = len(SHADES) - 1
    return tuple(round(last * point / (points - 1)) for point in range(points))


def distribution_bar(counts: Sequence[int], label: str) -> Markup:
    """How answers spread over the scale, as one outlined bar in shares; it may be stretched to any width."""
    width, height = 120.0, 20.0
    total = sum(counts)
    body, x = [], 0.5
    for shade, count in zip(shades_of(len(counts)), counts, strict=True):
        part = (width - 1) * count / total
        if count:
            body.append(_rect(x, 3, part, 14, SHADES[shade], stroke=INK, stroke_width="0.5"))
        x += part
    return _svg(width, height, label, body, may_stretch=True)


def share_bar(share: float, label: str, *, is_strong: bool = False) -> Markup:
    """A share in [0, 1] as a bar in a frame; the frame alone where nobody is."""
    width, height = 220.0, 14.0
    body = [_rect(0.5, 2, width - 1, 10, PAPER, stroke=LINE, stroke_width="0.8", rx="2")]
    if share > 0:
        strong = _class_of(ACCENT) if is_strong else ""
        bar = _rect(0.5, 2, (width - 1) * share, 10, ACCENT if is_strong else "#7db9b6", rx="2")
        body.append(bar.replace("<rect", f"<rect{strong}", 1))
    return _svg(width, height, label, body)
