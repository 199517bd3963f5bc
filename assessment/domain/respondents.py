"""Who counts, and each person's pillar scores: the step from answer sheets to numbers."""

from __future__ import annotations

from fractions import Fraction

from assessment.domain import conventions as c
from assessment.domain.answers import AnswerSheet, InvalidAnswer, Role, TeamAnswers
from assessment.domain.people import Person
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.sections.groups import group_score

__all__ = ["InvalidAnswer", "Person", "check_sheet", "scored_people"]


def check_sheet(sheet: AnswerSheet, questionnaire: Questionnaire) -> None:
    """Raises `InvalidAnswer` for the first answer that nothing of what is asked accepts."""
    asked = questionnaire.asked_ids
    for answers in (sheet.items, sheet.choices, sheet.texts):
        for question, answer in answers.items():
            if question not in asked:
                raise InvalidAnswer(question, answer)
    for section in questionnaire.all_sections:
        section.check(sheet)
    if sheet.ladder and not questionnaire.ladder.steps:
        point, answer = next(iter(sheet.ladder.items()))
        raise InvalidAnswer(point, answer)
    if unknown := set(sheet.focus) - (questionnaire.pillars_by_id.keys() if questionnaire.focus.at_most else set()):
        raise InvalidAnswer("focus", sorted(unknown)[0])


def _overall(scores: dict[str, Fraction], pillars: int) -> Fraction | None:
    """The mean of a person's pillars where at least ten of twelve are valid (the same share of other counts)."""
    needed, of = c.VALID_PILLARS_FOR_OVERALL
    if not scores or len(scores) * of < pillars * needed:
        return None
    return Fraction(sum(scores.values()), len(scores))


def scored_people(answers: TeamAnswers, questionnaire: Questionnaire) -> tuple[Person, ...]:
    """Staff and leaders who answered at least half of all items (of a consensus team: its one sheet).

    All items are those of the pillars, where there are any: what is asked beside them does not decide who counts. Where
    nothing is rated, everybody counts who said anything. Raises `InvalidAnswer`, also where a consensus sheet is not
    the team's only one. Others are left out of scoring, never deleted.
    """
    for sheet in answers.sheets:
        check_sheet(sheet, questionnaire)
        if unknown := sheet.ladder.keys() - set(answers.points):
            raise InvalidAnswer(sorted(unknown)[0], sheet.ladder[sorted(unknown)[0]])
    if answers.mode == "consensus" and len(answers.own_sheets) > 1:
        raise InvalidAnswer("role", Role.CONSENSUS.value)
    people = []
    for sheet in answers.own_sheets:
        if not _counts(sheet, questionnaire):
            continue
        scores = {
            pillar.id: score for pillar in questionnaire.pillars if (score := group_score(sheet, pillar)) is not None
        }
        people.append(Person(sheet, scores, _overall(scores, len(questionnaire.pillars))))
    return tuple(people)


def _counts(sheet: AnswerSheet, questionnaire: Questionnaire) -> bool:
    counted = questionnaire.counted_items
    if not counted:
        return not sheet.is_empty
    answered = sum(isinstance(sheet.items.get(item.id), int) for item in counted)
    # A consensus sheet is the team's own word: it counts for whatever it rates.
    return answered > 0 and (sheet.role is Role.CONSENSUS or 2 * answered >= len(counted))
