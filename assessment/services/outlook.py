"""What publishing a round would give, told before it is done: it cannot be undone.

What is told beforehand must say nothing about single people. That is, besides the number of answers and what follows
from it, one thing: whether there will be a result (`Outcome`). It follows from how many answered at least half of the
questions, never from what they answered. While a round is open it is not told: whoever watches it, and knows who is
answering, would see at which answer it changes. Somebody may stop a round, open it again, and stop it once more; with
one answer in between, they learn at most whether that person answered enough to be counted, and only at the answer that
reaches the minimum. Which sections are empty although many answered is not told before publication, since each would be
one more thing of this kind.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from sqlalchemy.orm import Session

from assessment.domain.outcome import Outcome, outcome_of
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.scoring import score_team
from assessment.domain.sections.section import Section
from assessment.domain.sections.text import TextSection
from assessment.services.beside_paper import fewer_than_needed, no_more_than_by_link
from assessment.services.comments import asks_words, comments_needed
from assessment.services.comparison import stored_answers
from assessment.services.participation import get_participation
from assessment.services.questionnaires import pinned_questionnaire
from assessment.services.rounds import get_round
from assessment.store.rounds import Round


@dataclass(frozen=True, slots=True)
class Unshown:
    """A section of which nothing will be shown, since it takes more answers than there are."""

    section: Section
    needed: int


@dataclass(frozen=True, slots=True)
class Outlook:
    outcome: Outcome
    unshown: tuple[Unshown, ...] = ()

    @property
    def has_result(self) -> bool:
        return self.outcome is Outcome.RESULT


def get_outlook(session: Session, *, organisation_id: uuid.UUID, round_id: uuid.UUID, now: dt.datetime) -> Outlook:
    """What publishing a stopped round would give, by the rules of publication itself.

    Raises `UnknownRound`, `RoundNotStopped` or `QuestionnaireChanged`.
    """
    round_ = get_round(session, organisation_id=organisation_id, round_id=round_id)
    round_.facts.require_stopped(now)
    asked = pinned_questionnaire(session, round_)
    answers = stored_answers(session, round_)
    scored = score_team(answers, asked, minimum_group=round_.minimum_group, targets=round_.targets)
    few = fewer_than_needed(session, round_)  # which do not count, and nothing can be subtracted
    result = scored if few else no_more_than_by_link(session, round_, scored, answers, asked)
    outcome = outcome_of(result, asked, round_.minimum_group)
    participation = get_participation(session, organisation_id=organisation_id, round_id=round_id)
    if participation.is_consensus or outcome is not Outcome.RESULT:
        return Outlook(outcome)
    return Outlook(outcome, _unshown(asked, round_, participation.answered))


def unshown_of(session: Session, *, organisation_id: uuid.UUID, round_id: uuid.UUID) -> tuple[Unshown, ...]:
    """Of which sections nothing would be shown, from the number of answers alone, so that an open round may tell it.

    Raises `UnknownRound` or `QuestionnaireChanged`.
    """
    round_ = get_round(session, organisation_id=organisation_id, round_id=round_id)
    participation = get_participation(session, organisation_id=organisation_id, round_id=round_id)
    if participation.is_consensus:
        return ()
    return _unshown(pinned_questionnaire(session, round_), round_, participation.answered)


def _unshown(asked: Questionnaire, round_: Round, answered: int) -> tuple[Unshown, ...]:
    """From the number of answers alone, which everybody who manages the round sees anyway."""
    needed = [
        (section, _needed(section, round_))
        for section in asked.all_sections
        if asks_words(round_) or not isinstance(section, TextSection)
    ]
    return tuple(Unshown(section, minimum) for section, minimum in needed if minimum > answered)


def _needed(section: Section, round_: Round) -> int:
    minimum = section.minimum(round_.minimum_group)
    return max(minimum, comments_needed(round_)) if isinstance(section, TextSection) else minimum
