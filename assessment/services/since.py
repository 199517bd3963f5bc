"""What is known of the time between a round and the one that it is compared with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy.orm import Session

from assessment.domain.privacy import release
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.result import TeamResult
from assessment.domain.rounds import RoundMode
from assessment.domain.since import Since, statement_moves
from assessment.infra.clock import local_date
from assessment.services.action_outcomes import finished_actions, open_actions
from assessment.services.questionnaires import pinned_questionnaire
from assessment.services.snapshots import result_from_snapshot
from assessment.store.plans import plan_before
from assessment.store.rounds import Round


def read_since(session: Session, round_: Round, result: TeamResult, earlier: Round, *, time_zone: str) -> Since:
    """What is different since the earlier round, and what was done; `result` is this round's, released."""
    asked, asked_before = pinned_questionnaire(session, round_), pinned_questionnaire(session, earlier)
    frozen = result_from_snapshot(earlier.snapshot or {})
    before = release(frozen, asked_before, minimum_group=earlier.minimum_group)
    is_linked = any(change.linked for change in result.change)
    done, recent = finished_actions(session, round_, since=earlier, time_zone=time_zone)
    return replace(
        differences(round_, asked, earlier, asked_before),
        round_name=earlier.name,
        earlier_on=local_date(earlier.published_at, time_zone) if earlier.published_at else None,
        now_on=local_date(round_.published_at, time_zone) if round_.published_at else None,
        answered_before=before.respondents,
        answered_now=result.respondents,
        # Beside a change of the same people, averages of everybody would be about others.
        statements=() if is_linked else statement_moves(before, result, asked.pillars_section),
        had_plan=plan_before(session, round_) is not None,
        done=done,
        recent=recent,
        still_open=open_actions(session, round_),
        asked_codes=round_.asks_code,
        asked_codes_before=earlier.asks_code,
        is_linked_before=earlier.is_linked and not is_linked,
    )


def differences(round_: Round, asked: Questionnaire, earlier: Round, asked_before: Questionnaire) -> Since:
    """What is different about the team and what was asked."""
    names, names_before = _names(round_), _names(earlier)
    titles = {one.id: one.title for one in asked.together}
    titles_before = {one.id: one.title for one in asked_before.together}
    usual = asked.scale.target
    return Since(
        size_before=earlier.team_size,
        size_now=round_.team_size,
        minimum_before=earlier.minimum_group,
        minimum_now=round_.minimum_group,
        points_new=tuple(name for point, name in names.items() if point not in names_before),
        points_gone=tuple(name for point, name in names_before.items() if point not in names),
        points_renamed=tuple(
            (names_before[point], name) for point, name in names.items() if names_before.get(point, name) != name
        ),
        asked_new=tuple(title for id_, title in titles.items() if id_ not in titles_before),
        asked_gone=tuple(title for id_, title in titles_before.items() if id_ not in titles),
        is_other_edition=asked.version != asked_before.version,
        is_one_from_file=(round_.mode is RoundMode.IMPORTED) != (earlier.mode is RoundMode.IMPORTED),
        targets_changed=tuple(
            pillar.id
            for pillar in asked.pillars
            if earlier.targets.get(pillar.id, usual) != round_.targets.get(pillar.id, usual)
        ),
    )


def _names(round_: Round) -> Mapping[str, str]:
    return {point["id"]: point["name"] for point in round_.points}
