"""The latest result of a team in short, from the rows of its released scores."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from assessment.domain.questionnaire import Questionnaire
from assessment.domain.result import ChangeLabel, PillarResult
from assessment.infra.clock import local_date
from assessment.services.questionnaires import find_pinned_questionnaire
from assessment.store.organisations import Organisation
from assessment.store.round_scores import RoundScore, ScoreKind, scores_of_round
from assessment.store.rounds import Round, published_assessments, published_before
from assessment.store.teams import Team
from reports.action_plan.headline import Standing


@dataclass(frozen=True, slots=True)
class LatestResult:
    """A round with a result that may be shown: where the team stands, and its pillars as far as they are shown."""

    round: Round
    standing: Standing
    pillars: tuple[PillarResult, ...]
    questionnaire: Questionnaire


def latest_result(session: Session, *, organisation: Organisation, team: Team) -> LatestResult | None:
    """The team's last assessment that shows a result for pillars; `None` where there is none."""
    rounds = published_assessments(session, organisation.id, team.id)
    round_ = next((one for one in reversed(rounds) if not one.is_withheld), None)
    if round_ is None or (questionnaire := find_pinned_questionnaire(session, round_)) is None:
        return None
    scores = scores_of_round(session, organisation.id, round_.id)
    overall = next((score for score in scores if score.kind is ScoreKind.OVERALL), None)
    pillars = [score for score in scores if score.kind is ScoreKind.PILLAR]
    shown = tuple(PillarResult(score.ref_id, score.n, mean=score.score) for score in pillars if score.score is not None)
    if overall is None or not shown:
        return None
    earlier, zone = published_before(session, round_), organisation.time_zone
    standing = Standing(
        overall.level,
        overall.n,
        tuple(label for score in pillars if (label := _label(score))),
        _label(overall),
        local_date(earlier.published_at, zone) if earlier and earlier.published_at else None,
        local_date(round_.published_at, zone) if round_.published_at else None,
        any(score.kind is ScoreKind.POINT and score.label in ("improved", "worse") for score in scores),
    )
    return LatestResult(round_, standing, shown, questionnaire)


def _label(score: RoundScore) -> ChangeLabel | None:
    return score.label  # type: ignore[return-value]
