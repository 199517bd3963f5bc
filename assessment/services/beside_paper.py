"""Answers that came by link in a round of which other sheets were typed from paper.

Whoever types knows what the typed sheets say. With a result of all of them they could work out what the others said
together: so these others are none, or at least as many as a result needs (`fewer_than_needed`). The same holds for
leaders and staff, who are told apart only where it does (`few_of_a_role`). Of the result, no more is kept than what the
others' answers alone may show (`no_more_than_by_link`).
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.orm import Session

from assessment.domain.answers import AnswerSheet, Role, TeamAnswers
from assessment.domain.beside_typed import ByLink, no_more_than
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.result import TeamResult
from assessment.domain.rounds import RoundMode
from assessment.domain.scoring import score_team
from assessment.services.answer_documents import sheet_from_document
from assessment.store.paper_sheets import count_by_origin
from assessment.store.responses import TYPED, answers_of
from assessment.store.rounds import Round


def count_typed(session: Session, round_: Round) -> tuple[int, int]:
    """How many responses were typed from paper, and how many came by link."""
    counted = count_by_origin(session, round_.id)
    typed = sum(count for (_, is_typed), count in counted.items() if is_typed)
    return typed, sum(counted.values()) - typed


def fewer_than_needed(session: Session, round_: Round) -> int:
    """How many answers came by link beside typed ones, where these are too few to stay unknown; else 0."""
    if round_.mode is not RoundMode.ANSWERED or round_.published_at is not None:
        return 0
    typed, others = count_typed(session, round_)
    return others if typed and others < round_.minimum_group else 0


def few_of_a_role(session: Session, round_: Round) -> bool:
    """Whether beside typed answers too few of a role came by link."""
    if not round_.asks_role or round_.mode is not RoundMode.ANSWERED or round_.published_at is not None:
        return False
    counted = count_by_origin(session, round_.id)
    if not any(is_typed for _, is_typed in counted):
        return False
    return any(0 < counted.get((role.value, False), 0) < round_.minimum_group for role in (Role.STAFF, Role.LEADER))


def no_more_than_by_link(
    session: Session, round_: Round, whole: TeamResult, answers: TeamAnswers, questionnaire: Questionnaire
) -> TeamResult:
    """The result of a round's `answers`, not released, without what less the typed sheets it would tell of the rest.

    As it is where nothing was typed, or everything. To be asked before publication, which forgets what was typed.
    """
    sheets = _sheets_by_link(session, round_)
    if not sheets:
        return whole
    has_roles = len({sheet.role for sheet in answers.own_sheets}) > 1
    if not has_roles:  # perhaps since they are too few of a role
        sheets = [replace(sheet, role=Role.STAFF) for sheet in sheets]

    def scored(of: list[AnswerSheet]) -> TeamResult:
        return score_team(
            replace(answers, sheets=tuple(of)),
            questionnaire,
            minimum_group=round_.minimum_group,
            targets=round_.targets,
        )

    by_role = [[sheet for sheet in sheets if sheet.role is role] for role in (Role.STAFF, Role.LEADER) if has_roles]
    by_link = ByLink(scored(sheets), tuple(scored(of) for of in by_role if of))
    return no_more_than(whole, by_link, questionnaire, minimum_group=round_.minimum_group)


def _sheets_by_link(session: Session, round_: Round) -> list[AnswerSheet]:
    """What was answered by link where other sheets were typed."""
    if round_.mode is not RoundMode.ANSWERED or round_.published_at is not None:
        return []
    documents = answers_of(session, round_.id)
    if not any(TYPED in document for document in documents):
        return []
    return [sheet_from_document(document) for document in documents if TYPED not in document]
