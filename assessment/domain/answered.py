"""How many people answered one of the questionnaires that a round asked together, told from its result."""

from __future__ import annotations

from collections.abc import Iterator

from assessment.domain.questionnaire import Questionnaire
from assessment.domain.result import ChoiceResult, TeamResult


def answered_of(result: TeamResult, asked: Questionnaire, questionnaire: Questionnaire) -> int:
    """Of the scored people, how many answered `questionnaire`, one of those that `asked` holds: at least so many.

    Whoever is scored answered the one with the pillars, or the only one. Of another, as many as answered the part of it
    that most did. One that has open questions only is a last page of the round, as a comment is.
    """
    if not asked.beside or questionnaire.pillars or all(text in questionnaire.texts for text in questionnaire.sections):
        return result.scored
    return max(_numbers(result, questionnaire), default=0)


def _numbers(result: TeamResult, questionnaire: Questionnaire) -> Iterator[int]:
    if questionnaire.ladder.steps:
        yield from (point.n or 0 for point in result.ladder)
    if questionnaire.focus.at_most:
        yield result.focus_n or 0
    for section in result.sections.get(questionnaire.id, {}).values():
        if isinstance(section, ChoiceResult):
            yield section.n or 0
        else:
            yield from (group.n or 0 for group in section.groups)
