"""What stands on slides: plain, already localised data. The file is a pure function of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of a chart with its name; `value` is `None` where nothing is drawn, for the reason in its name.

    `label` stands instead of the figure where that is only a bound ("4.8 or more"); `strength` in (0, 1] says how much
    of the accent colour the bar has.
    """

    name: str
    value: float | None
    label: str = ""
    strength: float = 1.0


@dataclass(frozen=True, slots=True)
class Chart:
    """Horizontal bars from `lowest` to `highest`, the first one on top. `described` is its alternative text.

    `second` holds the values of another series with the name `second_name`: a value for each bar, or nothing.
    """

    series: str
    bars: tuple[Bar, ...]
    lowest: float
    highest: float
    described: str
    number_format: str = "0.0"
    step: float = 1.0
    second_name: str = ""
    second: tuple[float | None, ...] = ()


class Italic(str):
    """The words of a table's cell that are set in italics."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Table:
    """`widths` are shares of the slide's width. The first cell of a row is its heading."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Slide:
    """One slide: sentences, then a chart or a table, then a small note; `say` is for whoever presents it.

    A table that is too long for a slide goes on on the next one.
    """

    title: str
    say: tuple[str, ...]
    sentences: tuple[str, ...] = ()
    chart: Chart | None = None
    table: Table | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Deck:
    """All slides; the first shows `title`, `subtitle` and the logo, and at its foot `accompanied` and `rights`.

    `made_on` is the day the results are of.
    """

    lang: str
    title: str
    subtitle: tuple[str, ...]
    accent: str
    logo: bytes
    footer: str
    accompanied: str
    rights: str
    continued: str
    """A title with `%(title)s` for a slide that goes on from the one before."""
    made_on: dt.date
    say: tuple[str, ...]
    slides: tuple[Slide, ...]
