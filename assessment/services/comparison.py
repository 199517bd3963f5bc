"""Whether two published rounds of a team may be compared, and what their answers say beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from sqlalchemy.orm import Session

from assessment.domain.answers import Role, TeamAnswers
from assessment.domain.beside_typed import change_beside_typed
from assessment.domain.change import Linking
from assessment.domain.result import TeamResult
from assessment.domain.scoring import compare_team
from assessment.services.answer_documents import sheet_from_document
from assessment.services.beside_paper import few_of_a_role
from assessment.services.questionnaires import QuestionnaireChanged, pinned_questionnaire
from assessment.services.snapshots import result_from_snapshot
from assessment.store.plans import find_plan
from assessment.store.responses import answers_of
from assessment.store.rounds import Round, published_before
from assessment.store.teams import Team


class NoChange(StrEnum):
    """Why a round shows no change."""

    FIRST_ROUND = "first-round"
    OTHER_WORDING = "other-wording"
    """The earlier round asked for the pillars or the ladder in other words: never compared silently."""
    CONSENSUS = "consensus"
    """Agreed answers have no statistics to compare."""
    TOO_FEW = "too-few"
    """One of the two rounds had too few answers for a result."""
    ANSWERS_DELETED = "answers-deleted"
    """The time of the earlier round's answers was over: a change cannot be worked out from its result alone."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The round that another is compared with, or why there is none."""

    earlier: Round | None
    reason: NoChange | None = None


def compare_with(session: Session, round_: Round, result: TeamResult) -> Comparison:
    """The team's round before this one with the same questionnaire, or why they are not compared."""
    earlier = published_before(session, round_)
    if earlier is None or earlier.snapshot is None:
        return Comparison(None, NoChange.FIRST_ROUND)
    reason = why_not_compared(session, earlier, round_, result)
    return Comparison(None, reason) if reason else Comparison(earlier)


def why_not_compared(session: Session, earlier: Round, round_: Round, result: TeamResult) -> NoChange | None:
    """Why a round, whose result is `result`, is not compared with an earlier published one; `None` where it is."""
    if not _asked_the_same(session, earlier, round_):
        return NoChange.OTHER_WORDING
    deleted_at = earlier.answers_deleted_at
    if deleted_at and (round_.published_at is None or deleted_at <= round_.published_at):
        return NoChange.ANSWERS_DELETED
    before = result_from_snapshot(earlier.snapshot or {})
    if "consensus" in (result.mode, before.mode):
        return NoChange.CONSENSUS
    if result.withheld or before.withheld or result.scored < earlier.minimum_group:
        return NoChange.TOO_FEW
    return None


def compared(
    session: Session,
    round_: Round,
    result: TeamResult,
    answers: TeamAnswers,
    earlier: Round,
    *,
    linking: Linking = Linking.NEVER,
) -> TeamResult:
    """The round's result, not released, with its change from an earlier round that it may be compared with.

    Where sheets of either were typed beside answers by link, nobody is linked, and no change tells more of these than
    the results do. Raises `QuestionnaireChanged`.
    """
    before = result_from_snapshot(earlier.snapshot or {})
    is_beside_typed = result.by_link is not None or before.by_link is not None
    changed = compare_team(
        result,
        answers,
        pinned_questionnaire(session, round_),
        previous=stored_answers(session, earlier),
        previous_questionnaire=pinned_questionnaire(session, earlier),
        minimum_group=max(round_.minimum_group, earlier.minimum_group),
        focus_pillars=_planned_pillars(session, earlier),
        linking=Linking.NEVER if is_beside_typed else linking,
    )
    return change_beside_typed(changed, before)


def _asked_the_same(session: Session, earlier: Round, round_: Round) -> bool:
    """Whether two rounds asked for pillars and ladder in the same words, whatever texts they pinned."""
    if earlier.questionnaire_version_ids == round_.questionnaire_version_ids:
        return True
    try:
        before, now = pinned_questionnaire(session, earlier), pinned_questionnaire(session, round_)
        return before.fingerprint == now.fingerprint
    except QuestionnaireChanged:  # what the earlier one asked is not known any more
        return False


def stored_answers(session: Session, round_: Round) -> TeamAnswers:
    """All that was said in a round.

    Whoever types sheets of paper knows what is on them. Where that would leave only a few leaders, or a few of the
    staff, of whom it is not known, nobody is told apart.
    """
    sheets = tuple(sheet_from_document(document) for document in answers_of(session, round_.id))
    if few_of_a_role(session, round_):
        sheets = tuple(replace(sheet, role=Role.STAFF) for sheet in sheets)
    return TeamAnswers(
        team=session.get_one(Team, round_.team_id).name,
        points=tuple(point["id"] for point in round_.points),
        sheets=sheets,
    )


def _planned_pillars(session: Session, earlier: Round) -> Sequence[str]:
    plan = find_plan(session, earlier.organisation_id, earlier.id)
    return plan.pillar_ids if plan else ()
