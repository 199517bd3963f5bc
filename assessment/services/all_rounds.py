"""All published rounds of a team beside each other, read from the rows of their released scores alone."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy.orm import Session

from assessment.domain.all_rounds import AllRounds, PastFigure, PastRound
from assessment.domain.questionnaire import Questionnaire
from assessment.infra.clock import local_date
from assessment.infra.languages import Localisation
from assessment.services.describe_round import points_to_judge
from assessment.services.portfolio import is_agreed
from assessment.services.questionnaires import find_pinned_questionnaire
from assessment.store.organisations import Organisation
from assessment.store.round_scores import RoundScore, ScoreKind, scores_of_rounds
from assessment.store.rounds import Round, published_assessments


def read_all_rounds(
    session: Session,
    *,
    organisation: Organisation,
    team_id: uuid.UUID,
    reader: Localisation,
    until: Round | None = None,
) -> AllRounds | None:
    """The assessments of a team up to a round, or all; `None` where none of them has anything to show.

    A round that shows nothing has its place too.
    """
    rounds = published_assessments(session, organisation.id, team_id, until=until.published_at if until else None)
    scores = scores_of_rounds(session, organisation.id, [round_.id for round_ in rounds])
    asked = {round_.id: find_pinned_questionnaire(session, round_) for round_ in rounds}
    past = tuple(
        _past_round(round_, asked[round_.id], scores.get(round_.id, ()), organisation.time_zone) for round_ in rounds
    )
    last = next((one for round_ in reversed(rounds) if (one := asked[round_.id]) and one.pillars), None)
    last = last or next((one for round_ in reversed(rounds) if (one := asked[round_.id]) and one.ladder.size), None)
    if last is None or all(one.is_withheld for one in past):
        return None
    return AllRounds(
        rounds=past,
        pillars=tuple(last.pillars),
        scale=last.scale,
        ladder=last.ladder,
        point_names=_point_names(rounds, reader),
    )


def _point_names(rounds: Iterable[Round], reader: Localisation) -> Mapping[str, str]:
    """Every point that a round asked about, by its last name: those of the last round first, in its order."""
    names: dict[str, str] = {}
    for round_ in reversed(list(rounds)):
        for point in points_to_judge(round_):
            names.setdefault(point.id, reader.text(point.name))
    return names


def _past_round(round_: Round, asked: Questionnaire | None, scores: Sequence[RoundScore], time_zone: str) -> PastRound:
    assert round_.published_at is not None  # noqa: S101 - only published rounds are read
    pillars, steps, overall = {}, {}, PastFigure(None)
    for score in scores:
        figure = PastFigure(
            score.score,
            (score.low, score.high) if score.low is not None and score.high is not None else None,
            score.n,
        )
        if score.kind is ScoreKind.OVERALL:
            overall = figure
        elif score.kind is ScoreKind.PILLAR:
            pillars[score.ref_id] = figure
        elif score.kind is ScoreKind.POINT:
            steps[score.ref_id] = score.score
    has_pillars = asked is not None and bool(asked.pillars)
    return PastRound(
        id=round_.id,
        name=round_.name,
        published_on=local_date(round_.published_at, time_zone),
        is_agreed=is_agreed(round_.mode, scores),
        wording=f"{asked.id}:{asked.pillars_section.fingerprint}" if asked and has_pillars else "",
        ladder_wording=asked.ladder.fingerprint if asked and asked.ladder.size else "",
        scale=asked.scale if asked and has_pillars else None,
        overall=overall,
        pillars=pillars,
        steps=steps,
    )
