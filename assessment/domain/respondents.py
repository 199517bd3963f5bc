"""Who counts, and each person's pillar scores: the step from answer sheets to numbers."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from assessment.domain import conventions as c
from assessment.domain.answers import DK, AnswerSheet, Role, TeamAnswers
from assessment.domain.questionnaire import Pillar, Questionnaire


class InvalidAnswer(ValueError):
    """An answer off the scale, or to a question that the questionnaire does not ask. Never clamped, never guessed."""

    def __init__(self, question: str, answer: object) -> None:
        super().__init__(f"{question}: {answer!r}")
        self.question = question
        self.answer = answer


@dataclass(frozen=True, slots=True)
class Person:
    """One scored respondent; `scores` holds the pillars that the half rule leaves valid, as exact means."""

    sheet: AnswerSheet
    scores: dict[str, Fraction]
    overall: Fraction | None

    @property
    def is_leader(self) -> bool:
        return self.sheet.role is Role.LEADER


def check_sheet(sheet: AnswerSheet, questionnaire: Questionnaire) -> None:
    """Raises `InvalidAnswer` for the first answer that the questionnaire does not accept."""
    items = questionnaire.items_by_id
    for question, answer in sheet.items.items():
        if question not in items or not _accepts(answer, questionnaire.scale.size):
            raise InvalidAnswer(question, answer)
    for point, answer in sheet.ladder.items():
        if not _accepts(answer, questionnaire.ladder.size):
            raise InvalidAnswer(point, answer)
    chosen = sheet.focus
    if len(set(chosen)) != len(chosen) or len(chosen) > questionnaire.focus.at_most:
        raise InvalidAnswer("focus", chosen)
    if unknown := set(chosen) - questionnaire.pillars_by_id.keys():
        raise InvalidAnswer("focus", sorted(unknown)[0])


def _accepts(answer: object, scale_points: int) -> bool:
    if answer is DK:
        return True
    return isinstance(answer, int) and not isinstance(answer, bool) and 1 <= answer <= scale_points


def pillar_score(sheet: AnswerSheet, pillar: Pillar) -> Fraction | None:
    """The mean of the answered items if at least half of them were answered, else `None` (half rule)."""
    answered = [value for item in pillar.items if isinstance(value := sheet.items.get(item.id), int)]
    if not answered or 2 * len(answered) < len(pillar.items):
        return None
    return Fraction(sum(answered), len(answered))


def _overall(scores: dict[str, Fraction], pillars: int) -> Fraction | None:
    """The mean of a person's pillars where at least ten of twelve are valid (the same share of other counts)."""
    needed, of = c.VALID_PILLARS_FOR_OVERALL
    if not scores or len(scores) * of < pillars * needed:
        return None
    return Fraction(sum(scores.values()), len(scores))


def scored_people(answers: TeamAnswers, questionnaire: Questionnaire) -> tuple[Person, ...]:
    """Staff and leaders who answered at least half of all items (of a consensus team: its one sheet).

    Raises `InvalidAnswer`, also where a consensus sheet is not the team's only one. Others are left out of scoring,
    never deleted.
    """
    for sheet in answers.sheets:
        check_sheet(sheet, questionnaire)
        if unknown := sheet.ladder.keys() - set(answers.points):
            raise InvalidAnswer(sorted(unknown)[0], sheet.ladder[sorted(unknown)[0]])
    if answers.mode == "consensus" and len(answers.own_sheets) > 1:
        raise InvalidAnswer("role", Role.CONSENSUS.value)
    people = []
    for sheet in answers.own_sheets:
        answered = sum(isinstance(answer, int) for answer in sheet.items.values())
        # A consensus sheet is the team's own word: it counts for whatever pillars it rates.
        needed = 1 if sheet.role is Role.CONSENSUS else len(questionnaire.items) / 2
        if not answered or answered < needed:
            continue
        scores = {
            pillar.id: score for pillar in questionnaire.pillars if (score := pillar_score(sheet, pillar)) is not None
        }
        people.append(Person(sheet, scores, _overall(scores, len(questionnaire.pillars))))
    return tuple(people)
