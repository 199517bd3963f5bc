"""The result of one section as page and paper show it, and how the module of a section's kind is found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib import import_module

from assessment.domain.questionnaire import Questionnaire
from assessment.domain.result import SectionResult, TeamResult
from assessment.domain.sections.section import Section
from assessment.infra.languages import Localisation
from reports.sections.rows import ComparisonRow


@dataclass(frozen=True, slots=True)
class SectionBlock:
    """`template` is the one of the section's kind, and `content` what it shows.

    Where several questionnaires were asked, `heading` is the title of the one whose sections begin here.
    """

    id: str
    title: str
    note: str
    template: str
    content: object
    change: tuple[ComparisonRow, ...] = ()
    change_note: str = ""
    """What holds for several of its changes, said once."""
    heading: str = ""


def asked_words(questionnaire: Questionnaire, points: int, reader: Localisation) -> tuple[str, ...]:
    """What each section of a questionnaire asks of a team with so many perception points, in a few words."""
    return tuple(_asked_words(section, points, reader) for section in questionnaire.sections)


def section_name(section: Section, points: int, reader: Localisation) -> str:
    """The section's title; what it asks, where it has none."""
    return reader.text(section.title) if section.title else _asked_words(section, points, reader)


def _asked_words(section: Section, points: int, reader: Localisation) -> str:
    words: str = import_module(f"reports.sections.{section.kind}").asked_words(section, points, reader)
    return words


def section_lines(questionnaire: Questionnaire, result: TeamResult, reader: Localisation) -> list[str]:
    """The same sections as lines of text, each after its title: for a terminal, with all figures of the result."""
    lines: list[str] = []
    for section, section_result, heading in _sections_with_results(questionnaire, result, reader):
        if heading:
            lines.append(heading_line(heading))
        lines.append(reader.text(section.title) if section.title else section.id)
        lines += import_module(f"reports.sections.{section.kind}").lines_of(section, section_result, reader)
    return lines


def heading_line(title: str) -> str:
    """The title of a questionnaire among others, on a terminal."""
    return f"── {title}"


def section_blocks(questionnaire: Questionnaire, result: TeamResult, reader: Localisation) -> tuple[SectionBlock, ...]:
    """The sections beside pillars, ladder and focus, in the order in which they were asked. `result` is released."""
    blocks = []
    for section, section_result, heading in _sections_with_results(questionnaire, result, reader):
        module = import_module(f"reports.sections.{section.kind}")
        block: SectionBlock = module.block_of(section, section_result, reader, is_consensus=result.mode == "consensus")
        blocks.append(replace(block, heading=heading))
    return tuple(blocks)


def _sections_with_results(
    questionnaire: Questionnaire, result: TeamResult, reader: Localisation
) -> Iterator[tuple[Section, SectionResult, str]]:
    """The sections with a result, and the title of their questionnaire before its first where there are several.

    The questionnaire with the pillars needs none: they come first.
    """
    titles = {one.id: reader.text(one.title) for one in questionnaire.together} if questionnaire.beside else {}
    if questionnaire.pillars:
        titles.pop(questionnaire.id, None)
    for asked, section in questionnaire.sections_apart:
        if (found := result.sections.get(asked, {}).get(section.id)) is not None:
            yield section, found, titles.pop(asked, "")
