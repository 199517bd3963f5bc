"""The results of a published round, as they may be shown."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy.orm import Session

from assessment.domain.plans.outcomes import PlanOutcomes
from assessment.domain.privacy import release
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.result import TeamResult
from assessment.domain.rounds import RoundNotPublished, RoundState
from assessment.domain.since import Since
from assessment.domain.surplus import Surplus
from assessment.infra.languages import Localisation
from assessment.services.action_outcomes import read_action_outcomes
from assessment.services.comparison import NoChange, compare_with
from assessment.services.describe_round import points_to_judge
from assessment.services.questionnaires import pinned_questionnaire
from assessment.services.rounds import get_round
from assessment.services.since import read_since
from assessment.services.snapshots import result_from_snapshot
from assessment.services.surplus import surplus_of_result
from assessment.store.organisations import Organisation
from assessment.store.rounds import Round
from reports.action_plan.source import ResultSource


@dataclass(frozen=True, slots=True)
class RoundResults:
    """A published round's result, released for showing; `compared_with` is the round that its change starts from.

    Without one, `no_change` says why; `since` is what is known of the time between the two. `outcomes` are what this
    round says of finished actions, `surplus` what is told where more answered than the team has people.
    """

    round: Round
    result: TeamResult
    questionnaire: Questionnaire
    compared_with: Round | None
    no_change: NoChange | None
    surplus: Surplus | None = None
    since: Since | None = None
    outcomes: tuple[PlanOutcomes, ...] = ()

    @property
    def point_names(self) -> dict[str, str]:
        """The names that the team gave its perception points."""
        return {point["id"]: point["name"] for point in self.round.points}


def results(session: Session, *, organisation_id: uuid.UUID, round_id: uuid.UUID) -> RoundResults:
    """What a published round says: read from its snapshot, whatever the number of answers.

    Raises `UnknownRound`, `RoundNotPublished` or `QuestionnaireChanged`.
    """
    round_ = get_round(session, organisation_id=organisation_id, round_id=round_id)
    if round_.published_at is None or round_.snapshot is None:
        raise RoundNotPublished(RoundState.STOPPED)
    frozen = result_from_snapshot(round_.snapshot)
    comparison = compare_with(session, round_, frozen)
    questionnaire = pinned_questionnaire(session, round_)
    result = release(frozen, questionnaire, minimum_group=round_.minimum_group)
    zone = session.get_one(Organisation, organisation_id).time_zone
    since = read_since(session, round_, result, comparison.earlier, time_zone=zone) if comparison.earlier else None
    return RoundResults(
        round=round_,
        result=result,
        questionnaire=questionnaire,
        compared_with=comparison.earlier,
        no_change=comparison.reason,
        surplus=surplus_of_result(session, round_, frozen),
        since=since,
        outcomes=read_action_outcomes(session, round_, time_zone=zone),
    )


def result_source(found: RoundResults, reader: Localisation) -> ResultSource:
    """What a page is made of that shows the result without a plan."""
    return ResultSource(
        result=found.result,
        questionnaire=found.questionnaire,
        point_names={point.id: reader.text(point.name) for point in points_to_judge(found.round)},
        surplus=found.surplus,
        since=found.since,
        outcomes=found.outcomes,
    )
