"""Publish a stopped round: score it, freeze the result, and delete whatever links answers to a device or a link."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from sqlalchemy.orm import Session

from assessment.domain.answers import TeamAnswers
from assessment.domain.change import Linking
from assessment.domain.outcome import Outcome, outcome_of
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.result import SCORING_VERSION, TeamResult
from assessment.domain.scoring import score_team
from assessment.domain.sections.text import TextSection
from assessment.services.action_outcomes import write_action_outcomes
from assessment.services.beside_paper import no_more_than_by_link
from assessment.services.comments import answered_for, comments_needed
from assessment.services.comparison import compare_with, compared, stored_answers
from assessment.services.paper_sheets import settle_paper
from assessment.services.questionnaires import pinned_questionnaire
from assessment.services.round_scores import write_round_scores
from assessment.services.rounds import get_round, lock_round
from assessment.services.snapshots import result_to_snapshot
from assessment.services.surplus import explain_surplus
from assessment.services.workshops import end_workshop, find_held
from assessment.store.comments import add_comments
from assessment.store.responses import response_ids, unlink_responses
from assessment.store.rounds import Round


@dataclass(frozen=True, slots=True)
class ScoredRound:
    """A round's result, and the keys of the responses that it was scored from."""

    response_ids: frozenset[uuid.UUID]
    result: TeamResult


def score_before_publication(session: Session, *, organisation_id: uuid.UUID, round_id: uuid.UUID) -> ScoredRound:
    """Scores a round with nothing locked, so that nobody waits for it to write.

    Raises `UnknownRound` or `QuestionnaireChanged`.
    """
    round_ = get_round(session, organisation_id=organisation_id, round_id=round_id)
    return ScoredRound(response_ids(session, round_.id), score_round_now(session, round_))


def publish_round(session: Session, *, organisation_id: uuid.UUID, round_id: uuid.UUID, now: dt.datetime) -> Round:
    """Scores a stopped round and freezes the result: irreversible.

    Comments are separated from their answers, and whatever links answers to a device or link is deleted; once this is
    committed, `Database.compact_if_owed` removes the traces from the files. Raises `UnknownRound`, `RoundNotStopped`,
    `QuestionnaireChanged`, `UnexplainedSurplus` where a result would count more answers than people, or
    `PaperUnsettled`.
    """
    round_ = lock_round(session, organisation_id=organisation_id, round_id=round_id)
    return _publish(session, round_, None, "", False, None, now)


def publish_scored_round(
    session: Session,
    *,
    organisation_id: uuid.UUID,
    round_id: uuid.UUID,
    scored: ScoredRound,
    surplus_reason: str,
    leave_out: bool = False,
    user_id: int | None,
    now: dt.datetime,
) -> Round:
    """As `publish_round`, with a result from before the lock; a round that was answered since is scored anew.

    `surplus_reason` is why there are more answers than people, if there are; it is kept, and who gave it.
    With `leave_out`, answers by link that are too few beside typed sheets do not count, and are deleted.
    """
    round_ = lock_round(session, organisation_id=organisation_id, round_id=round_id)
    return _publish(session, round_, scored, surplus_reason, leave_out, user_id, now)


def _publish(
    session: Session,
    round_: Round,
    scored: ScoredRound | None,
    surplus_reason: str,
    leave_out: bool,
    user_id: int | None,
    now: dt.datetime,
) -> Round:
    round_.facts.require_stopped(now)
    if find_held(session, organisation_id=round_.organisation_id, round_id=round_.id):
        end_workshop(
            session, organisation_id=round_.organisation_id, round_id=round_.id, hands_over=False, now=now
        )  # nothing more can be handed over
    settle_paper(session, round_, leave_out=leave_out, user_id=user_id, now=now)
    answers = stored_answers(session, round_)
    questionnaire = pinned_questionnaire(session, round_)
    is_scored = scored is not None and scored.response_ids == response_ids(session, round_.id)
    result = scored.result if scored and is_scored else _score(session, round_, answers)
    round_.is_withheld = outcome_of(result, questionnaire, round_.minimum_group) is not Outcome.RESULT
    if not round_.is_withheld:
        explain_surplus(session, round_, result, surplus_reason, user_id=user_id, now=now)
    round_.snapshot = result_to_snapshot(result)
    if result.compares_linked_people and (earlier := compare_with(session, round_, result).earlier):
        round_.is_linked = earlier.is_linked = True  # also once the snapshot of one of them is deleted
    round_.scoring_version = SCORING_VERSION
    round_.published_at = now
    may_show = {text.id for text in questionnaire.texts if _may_set_free(text, round_, result, questionnaire)}
    written = (comment for sheet in answers.own_sheets for comment in sheet.written.items())
    shown = (comment for comment in written if comment[0] in may_show)
    add_comments(session, round_.organisation_id, round_.id, shown)
    write_round_scores(session, round_, result, questionnaire)
    write_action_outcomes(session, round_, result, answers)
    unlink_responses(session, round_.organisation_id, round_.id)
    return round_


def _may_set_free(text: TextSection, round_: Round, result: TeamResult, asked: Questionnaire) -> bool:
    """Whether enough people answered the questionnaire of this question, which may ask for more of them than the round
    does. How many it takes for comments to be read is decided when they are (`services.comments`)."""
    if result.mode == "consensus":
        return True
    if result.by_link is not None and result.by_link < text.minimum(comments_needed(round_)):
        return False  # beside typed sheets, of which somebody knows what they say
    return text.minimum_group <= max(answered_for(text, result, asked), round_.minimum_group)


def score_round_now(session: Session, round_: Round) -> TeamResult:
    """What the round's answers say, the same numbers as `escala score`, and how they changed since the round before.

    Change is of the same people where they gave codes and it singles out nobody. Raises `QuestionnaireChanged`.
    """
    return _score(session, round_, stored_answers(session, round_))


def _score(session: Session, round_: Round, answers: TeamAnswers) -> TeamResult:
    """The result of a round's answers, scored once, and its change where there is a round to compare it with."""
    questionnaire = pinned_questionnaire(session, round_)
    scored = score_team(answers, questionnaire, minimum_group=round_.minimum_group, targets=round_.targets)
    result = no_more_than_by_link(session, round_, scored, answers, questionnaire)
    earlier = compare_with(session, round_, result).earlier
    if earlier is None:
        return result
    return compared(session, round_, result, answers, earlier, linking=_linking_after(earlier))


def _linking_after(earlier: Round) -> Linking:
    """Never two linked comparisons in a row: both are about some of the people of the round between them, and whoever
    is in one and not in the other could be had by subtraction, or the two add up to a third comparison."""
    return Linking.NEVER if earlier.is_linked else Linking.SAFE
