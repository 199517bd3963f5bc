"""A choice: how many chose each vignette, told as coarsely as their number demands."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from assessment.domain.result import ChoiceResult
from assessment.domain.sections.choice import ChoiceSection
from assessment.infra.languages import N_, Localisation
from reports.engine import charts
from reports.sections.block import SectionBlock

SUMMARIES = {
    "nearly all": N_("Nearly all chose “%(most)s”."),
    "most": N_("Most chose “%(most)s”."),
    "spread": N_("Answers are spread: no description was chosen by more than half."),
    "agreed": N_("The team agreed on “%(most)s”."),
}


@dataclass(frozen=True, slots=True)
class OptionRow:
    name: str
    described: str
    people: str
    bar: Markup


@dataclass(frozen=True, slots=True)
class ChoiceTable:
    """Either rows with counts or a sentence instead of them."""

    sentence: str
    rows: tuple[OptionRow, ...]


def block_of(section: ChoiceSection, result: ChoiceResult, reader: Localisation, *, is_consensus: bool) -> SectionBlock:
    return SectionBlock(
        id=section.id,
        title=reader.text(section.title) if section.title else "",
        note=reader.text(section.question),
        template="components/sections/choice.html",
        content=ChoiceTable(_sentence(section, result, reader), _rows(section, result, reader)),
    )


def asked_words(section: ChoiceSection, _points: int, reader: Localisation) -> str:
    return reader.text(section.title or section.question)


def lines_of(section: ChoiceSection, result: ChoiceResult, reader: Localisation) -> list[str]:
    rows = _rows(section, result, reader)
    width = max((len(row.name) for row in rows), default=0)
    return [f"{row.name:<{width}}  {row.people}" for row in rows] or [_sentence(section, result, reader)]


def _sentence(section: ChoiceSection, result: ChoiceResult, reader: Localisation) -> str:
    if result.summary is None:
        return reader.gettext("Not shown: fewer than %(n)s people answered.", n=result.minimum_group)
    if result.summary not in SUMMARIES:
        return ""
    names = {option.id: reader.text(option.name) for option in section.options}
    return reader.gettext(SUMMARIES[result.summary], most=names.get(result.most or "", ""))


def _rows(section: ChoiceSection, result: ChoiceResult, reader: Localisation) -> tuple[OptionRow, ...]:
    if result.counts is None or not result.n:
        return ()
    rows = []
    for option in section.options:
        count, name = result.counts[option.id], reader.text(option.name)
        people = reader.ngettext("%(n)s person", "%(n)s people", count)
        bar = charts.share_bar(count / result.n, f"{name}: {people}")
        rows.append(OptionRow(name, reader.text(option.text), people, bar))
    return tuple(rows)
