"""The scores of a published round as rows, written from its released result: lists read them, never documents."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy.orm import Session

from assessment.domain.change import OVERALL
from assessment.domain.privacy import release
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.result import Change, GroupsResult, LadderChange, PillarResult, PointResult, TeamResult
from assessment.services.questionnaires import QuestionnaireChanged, pinned_questionnaire
from assessment.services.snapshots import result_from_snapshot
from assessment.store.database import Database
from assessment.store.round_scores import RoundScore, ScoreKind, rounds_without_scores, scores_of_round
from assessment.store.rounds import Round, find_round_for_update

AT_ONCE = 100
"""Rounds a transaction while scores are written for rounds that were published before there were any."""


@dataclass(frozen=True, slots=True)
class _Section:
    """Where in a questionnaire scores come from."""

    questionnaire_id: str
    section_id: str


def write_round_scores(session: Session, published: Round, result: TeamResult, questionnaire: Questionnaire) -> None:
    """Writes the scores of a round that has none yet, from its frozen result; releases it first."""
    released = release(result, questionnaire, minimum_group=published.minimum_group)
    scores = _scores_of(released, questionnaire)
    for position, score in enumerate(scores):
        score.organisation_id, score.round_id, score.position = published.organisation_id, published.id, position
        session.add(score)
    session.flush()


def write_missing_scores(database: Database) -> int:
    """Writes the scores of rounds that were published before there were any; returns of how many rounds.

    It may be stopped at any time, and goes on where it was. A round whose questionnaire is not known any more shows no
    results either, and stays without scores.
    """
    with database.reading() as session:
        missing = [round_.id for round_ in rounds_without_scores(session)]
    written = 0
    for start in range(0, len(missing), AT_ONCE):
        with database.writing() as session:
            written += sum(_write_if_missing(session, id_) for id_ in missing[start : start + AT_ONCE])
    return written


def _write_if_missing(session: Session, round_id: uuid.UUID) -> bool:
    round_ = find_round_for_update(session, round_id)
    if round_ is None or round_.snapshot is None or scores_of_round(session, round_.organisation_id, round_.id):
        return False
    try:
        questionnaire = pinned_questionnaire(session, round_)
    except QuestionnaireChanged:
        return False
    write_round_scores(session, round_, result_from_snapshot(round_.snapshot), questionnaire)
    return True


def _scores_of(released: TeamResult, questionnaire: Questionnaire) -> Iterator[RoundScore]:
    pillars = _section_of(questionnaire, questionnaire.pillars_section.id)
    ladder = _section_of(questionnaire, questionnaire.ladder.id)
    changes = {change.pillar: change for change in released.change}
    overall = released.overall
    yield RoundScore(
        **_place(ScoreKind.OVERALL, pillars, OVERALL),
        n=overall.n,
        score=overall.mean,
        level=overall.level,
        low=overall.ci95[0] if overall.ci95 else None,
        high=overall.ci95[1] if overall.ci95 else None,
        **_moved(changes.get(OVERALL)),
        is_withheld=overall.mean is None,
        answered=released.respondents,
    )
    for pillar in released.pillars:
        yield _group_score(ScoreKind.PILLAR, pillars, pillar, changes.get(pillar.pillar))
    steps = {change.point: change for change in released.ladder_change}
    for point in released.ladder:
        score = _point_score(ladder, point, steps.get(point.point))
        score.is_weakest = point.point in released.lowest_points and not released.has_level_ladder
        score.is_alarm = point.point in released.alarms
        yield score
    for asked, results in released.sections.items():
        for section_id, result in results.items():
            if isinstance(result, GroupsResult):
                moved = {change.pillar: change for change in result.change}
                for group in result.groups:
                    section = _Section(asked, section_id)
                    yield _group_score(ScoreKind.GROUP, section, group, moved.get(group.pillar))


def _section_of(questionnaire: Questionnaire, section_id: str) -> _Section:
    for asked in questionnaire.together:
        if any(section.id == section_id for section in asked.sections):
            return _Section(asked.id, section_id)
    return _Section(questionnaire.id, section_id)


def _group_score(kind: ScoreKind, section: _Section, group: PillarResult, change: Change | None) -> RoundScore:
    return RoundScore(
        **_place(kind, section, group.pillar),
        n=group.n,
        score=group.mean,
        level=group.level,
        low=group.ci95[0] if group.ci95 else None,
        high=group.ci95[1] if group.ci95 else None,
        agreement=group.agreement,
        **_moved(change),
        is_withheld=group.is_withheld,
    )


def _point_score(section: _Section, point: PointResult, change: LadderChange | None) -> RoundScore:
    return RoundScore(
        **_place(ScoreKind.POINT, section, point.point),
        n=point.n,
        score=point.median,
        agreement=point.agreement,
        change=change.cliffs_delta if change else None,
        label=change.label if change else None,
        is_withheld=point.is_withheld,
    )


def _place(kind: ScoreKind, section: _Section, ref_id: str) -> dict[str, str]:
    return {
        "kind": kind,
        "questionnaire_id": section.questionnaire_id,
        "section_id": section.section_id,
        "ref_id": ref_id,
    }


def _moved(change: Change | None) -> dict[str, float | str | None]:
    return {"change": change.difference, "label": change.label} if change else {}
