"""The result of one section as page and paper show it, and how the module of a section's kind is found."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module

from assessment.domain.questionnaire import Questionnaire
from assessment.domain.result import TeamResult
from assessment.infra.languages import Localisation
from reports.sections.rows import ComparisonRow


@dataclass(frozen=True, slots=True)
class SectionBlock:
    """`template` is the one of the section's kind, and `content` what it shows."""

    id: str
    title: str
    note: str
    template: str
    content: object
    change: tuple[ComparisonRow, ...] = ()


def section_lines(questionnaire: Questionnaire, result: TeamResult, reader: Localisation) -> list[str]:
    """The same sections as lines of text, each after its title: for a terminal, with all figures of the result."""
    lines: list[str] = []
    for questionnaire_id, section in questionnaire.sections_apart:
        section_result = result.sections.get(questionnaire_id, {}).get(section.id)
        if section_result is not None:
            lines.append(reader.text(section.title) if section.title else section.id)
            lines += import_module(f"reports.sections.{section.kind}").lines_of(section, section_result, reader)
    return lines


def section_blocks(questionnaire: Questionnaire, result: TeamResult, reader: Localisation) -> tuple[SectionBlock, ...]:
    """The sections beside pillars, ladder and focus, in the order in which they were asked. `result` is released."""
    blocks = []
    for questionnaire_id, section in questionnaire.sections_apart:
        section_result = result.sections.get(questionnaire_id, {}).get(section.id)
        if section_result is not None:
            module = import_module(f"reports.sections.{section.kind}")
            blocks.append(module.block_of(section, section_result, reader, is_consensus=result.mode == "consensus"))
    return tuple(blocks)
