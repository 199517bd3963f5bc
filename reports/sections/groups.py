"""Items in groups: a table of scores, levels and agreement. The pillars' own table has the same rows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from assessment.domain import conventions as c
from assessment.domain.result import Change, GroupsResult, PillarResult
from assessment.domain.scale import Scale
from assessment.domain.sections.groups import GroupedSection
from assessment.infra.languages import Localisation
from reports.engine import charts, words
from reports.sections.block import SectionBlock
from reports.sections.rows import ComparisonRow, LegendEntry, PillarRow

MARKS = {"improved": "↑", "worse": "↓"}
MOST_NAMED_SHADES = 6
"""More shades than so many nobody tells apart by their names."""


@dataclass(frozen=True, slots=True)
class GroupsTable:
    """What the template of statements and rubrics shows."""

    score_heading: str
    rows: tuple[PillarRow, ...]
    open_note: str
    has_agreement: bool
    has_distributions: bool
    legend: tuple[LegendEntry, ...]


def block_of(
    section: GroupedSection, result: GroupsResult, reader: Localisation, *, is_consensus: bool
) -> SectionBlock:
    names = {group.id: reader.text(group.name) for group in section.groups}
    rows = group_rows(section, result.groups, reader, is_consensus=is_consensus)
    note = scale_note(section, result.groups, reader, is_consensus=is_consensus)
    changes = _shown_changes(section, result)
    if not is_consensus:
        note = " ".join([note, *_withheld_notes(section, result, reader)])
    return SectionBlock(
        id=section.id,
        title=reader.text(section.title) if section.title else "",
        note=note,
        template="components/sections/groups.html",
        content=GroupsTable(
            score_heading=score_heading(section.scale, reader),
            rows=rows,
            open_note=open_words(rows, reader),
            has_agreement=has_agreement(result.groups),
            has_distributions=any(row.distribution for row in rows),
            legend=legend(section.scale, reader),
        ),
        change=change_rows(changes, names, section.scale, reader),
        change_note=_change_note(changes, section.scale, reader),
    )


def _change_note(changes: Sequence[Change], scale: Scale, reader: Localisation) -> str:
    is_clear = any(change.label in MARKS for change in changes)
    notes = [words.marked_are_no_chance(reader) if is_clear else ""]
    notes.append(words.one_sided_note(changes, scale, reader, compared=len(changes)))
    return " ".join(filter(None, notes))


def _withheld_notes(section: GroupedSection, result: GroupsResult, reader: Localisation) -> Iterable[str]:
    """Which groups are not shown: those of too few answers, and more of those with a single statement."""
    withheld = [group for group in result.groups if group.is_withheld]
    if any((group.n or 0) < result.minimum_group for group in withheld):
        yield reader.gettext("Groups with fewer than %(n)s answers are not shown.", n=result.minimum_group)
    if any((group.n or 0) >= result.minimum_group for group in withheld):
        yield reader.gettext(
            "A group of a single statement is shown from %(n)s answers on.", n=reader.number(c.SINGLE_STATEMENT_N)
        )


def has_agreement(results: Sequence[PillarResult]) -> bool:
    """Whether anything is said about agreement but that it cannot be judged, or what is said once about them all."""
    said = {result.agreement for result in results} - {None}
    return bool(said - {"none"}) and bool(said - {words.common_agreement(results)})


def _shown_changes(section: GroupedSection, result: GroupsResult) -> list[Change]:
    """All changes but those of a single statement, of which none is ever shown."""
    single = {group.id for group in section.groups if len(group.items) == 1}
    return [change for change in result.change if change.difference is not None or change.pillar not in single]


def asked_words(section: GroupedSection, _points: int, reader: Localisation) -> str:
    parts = []
    if count := section.statement_count:
        parts.append(reader.ngettext("%(n)s statement", "%(n)s statements", count))
    if count := section.description_count:
        parts.append(
            reader.ngettext("%(n)s question with described answers", "%(n)s questions with described answers", count)
        )
    words = reader.list_of(parts)
    if section.title is None:
        return words
    return reader.gettext("%(section)s (%(asks)s)", section=reader.text(section.title), asks=words)


def lines_of(section: GroupedSection, result: GroupsResult, reader: Localisation) -> list[str]:
    names = {group.id: reader.text(group.name) for group in section.groups}
    width = max(len(name) for name in names.values())
    return [score_line(names[group.pillar], group, width, reader) for group in result.groups]


def score_line(name: str, result: PillarResult, width: int, reader: Localisation) -> str:
    """Name, score, level and agreement of one group, in columns."""
    score = "" if result.mean is None else reader.number(result.mean, 2)
    level, agreement = words.level_words(result, reader), words.agreement_words(result, reader)
    return f"{name:<{width}}  {score:>5}  {level:<26}  {agreement}".rstrip()


def score_heading(scale: Scale, reader: Localisation) -> str:
    return reader.gettext("Score, from 1 to %(highest)s", highest=reader.number(scale.size))


def scale_note(
    section: GroupedSection,
    results: Sequence[PillarResult],
    reader: Localisation,
    *,
    is_consensus: bool,
    has_targets: bool = False,
) -> str:
    """How scores of a section are drawn, and why some stand without a range. Only pillars have targets."""
    highest = reader.number(section.scale.size)
    shown = [result for result in results if result.mean is not None]
    if is_consensus:
        sentences = [reader.gettext("Each dot is the value that the team agreed on.")]
    elif not any(result.ci95 for result in shown):
        sentences = [reader.gettext("The dot is the team's score from 1 to %(highest)s.", highest=highest)]
    else:
        sentences = [
            reader.gettext(
                "The dot is the team's score from 1 to %(highest)s; the bar is where it lies with %(confidence)s "
                "confidence.",
                highest=highest,
                confidence=reader.percent(0.95),
            )
        ]
    if has_targets:
        sentences.append(reader.gettext("The dashed mark is the target."))
    if not is_consensus and any(not result.ci95 for result in shown):
        sentences.append(words.no_range_note(reader))
    names = {group.id: reader.text(group.name) for group in section.groups}
    sentences += filter(None, (words.probable_note(results, names, reader), words.agreement_note(results, reader)))
    return " ".join(sentences)


def legend(scale: Scale, reader: Localisation) -> tuple[LegendEntry, ...]:
    """The colours of a distribution on this scale; of a long scale, only the ends are named."""
    shades, last = charts.shades_of(scale.size), scale.size - 1
    return tuple(
        LegendEntry(shade, reader.text(point.label) if scale.size <= MOST_NAMED_SHADES or at in (0, last) else "")
        for at, (shade, point) in enumerate(zip(shades, scale.points, strict=True))
    )


def group_rows(
    section: GroupedSection,
    results: Sequence[PillarResult],
    reader: Localisation,
    *,
    is_consensus: bool,
    target_of: Callable[[str], float] | None = None,
) -> tuple[PillarRow, ...]:
    """A row per group, in their order; `target_of` gives a group's target: only pillars have any."""
    scale = section.scale
    names = {group.id: reader.text(group.name) for group in section.groups}
    common = words.common_agreement(results)
    rows = []
    for number, result in enumerate(results, start=1):
        name = names[result.pillar]
        is_open = is_consensus and result.mean is None  # the team has agreed on nothing: nothing is withheld
        score = "—" if is_open else words.score_words(result, scale, reader)
        interval = words.interval_words(result, reader, scale.size)
        target = target_of(result.pillar) if target_of else None
        label = f"{name}: {score} {interval}".strip()
        rows.append(
            PillarRow(
                number=number,
                name=name,
                level=reader.gettext("No agreed level") if is_open else _level(result, results, reader),
                score=score,
                interval=interval,
                scale=None
                if result.mean is None
                else charts.scale_bar(result.mean, result.ci95, target, label, scale_points=scale.size),
                agreement="" if result.agreement == common else words.agreement_words(result, reader),
                distribution=None if is_consensus else _distribution(result, section, reader),
                note=_cap_note(result, scale, reader),
                is_open=is_open,
            )
        )
    return tuple(rows)


def open_words(rows: Sequence[PillarRow], reader: Localisation) -> str:
    """Which rows have no agreed level, in a line; empty where none has."""
    names = [row.name for row in rows if row.is_open]
    return reader.gettext("No agreed level: %(pillars)s.", pillars=reader.list_of(names)) if names else ""


def _level(result: PillarResult, results: Sequence[PillarResult], reader: Localisation) -> str:
    """The level in a word; that it is only probable is said in the row where few are, and above where most are."""
    if words.are_mostly_probable(results) and result.level is not None:
        return words.level_name(result.level, reader)
    return words.marked_level_words(result, reader) if words.are_marked(results) else words.level_words(result, reader)


def change_rows(
    changes: Iterable[Change],
    names: dict[str, str],
    scale: Scale,
    reader: Localisation,
    *,
    apart: Collection[str] = (),
) -> tuple[ComparisonRow, ...]:
    """That a change is unlikely to be chance is said once about all, but in the rows of those that stand `apart`."""
    return tuple(
        ComparisonRow(
            names[change.pillar],
            MARKS.get(change.label, ""),
            "",
            words.change_words(change, scale, reader, says_chance=change.pillar in apart),
            is_withheld=change.label == "withheld",
            label=change.label,
        )
        for change in changes
    )


def _cap_note(result: PillarResult, scale: Scale, reader: Localisation) -> str:
    """Why a level is lower than its score suggests."""
    if result.mean is None or result.level != c.CAPPED_LEVEL or scale.level(result.mean) <= c.CAPPED_LEVEL:
        return ""
    return reader.gettext("one of its habits is rarely seen")


def _distribution(result: PillarResult, section: GroupedSection, reader: Localisation) -> Markup | None:
    """All answers of a group together; `None` unless each of its items may be drawn."""
    counts = result.answer_counts or {}
    items = next(len(group.items) for group in section.groups if group.id == result.pillar)
    if not counts or len(counts) < items:
        return None
    together = [sum(column) for column in zip(*counts.values(), strict=True)]
    total = sum(together)
    summary = ", ".join(
        f"{reader.text(point.label)} {reader.percent(count / total)}"
        for point, count in zip(section.scale.points, together, strict=True)
    )
    return charts.distribution_bar(together, summary)
