"""Rounds that repeat: what a team has set up, what comes next or keeps it from opening, and opening what is due.

A round is made on the day on which it opens, as the team's last published one was, with what holds today: the newest
version of its questionnaires, the team's moments and size, the organisation's minimum and what it promises. Making it
locks the team and the repetition and leaves the day in both `handled_on` and a row for the due day, so that whoever is
killed, or comes twice, changes nothing. Reasons: decision 0037.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from assessment.domain.questionnaire import Questionnaire
from assessment.domain.repetitions import (
    DAYS_OPEN,
    LONGEST_OPEN,
    Hold,
    RepetitionRule,
    TeamFacts,
    due_on,
    hold_of_rounds,
    is_overdue,
)
from assessment.domain.rounds import RoundMode
from assessment.infra.clock import end_of_day, local_date, start_of_day
from assessment.infra.languages import Localisation, language_of
from assessment.infra.logging import get_logger
from assessment.services.questionnaires import clashes, first_questionnaires, offered_questionnaires
from assessment.services.rounds import draft_round, open_round
from assessment.services.teams import get_team, get_team_to_change
from assessment.store.database import Database
from assessment.store.organisations import Organisation
from assessment.store.repetitions import (
    RepeatedRound,
    Repetition,
    find_repeated_round,
    find_repetition,
    find_repetition_for_update,
    last_opened_at,
    last_published_at,
    repetitions_due,
)
from assessment.store.rounds import Round, count_rounds, find_unpublished, rounds_of_team
from assessment.store.teams import Team, lock_team

__all__ = ["Repetition"]


class NoRepetition(LookupError):
    """The team's rounds do not repeat."""


@dataclass(frozen=True, slots=True)
class Template:
    """What the next round starts from: the team's last published round, or, before the first, what is usual."""

    last: Round | None
    mode: RoundMode
    asks_role: bool
    asks_code: bool
    questionnaires: tuple[str, ...]
    changed: tuple[Questionnaire, ...]
    """Those that the last round asked in another version."""
    hold: Hold | None
    """Why nothing can be made of it."""


@dataclass(frozen=True, slots=True)
class RepetitionState:
    """What a repetition does next.

    `due_on` is the day of a round that is due and not opened yet, and `hold` why; `opens_on` is the day on which the
    next one opens, `None` where that takes somebody, or no day is left. `waits_for` is the round that is not published,
    and `template` what the next one starts from.
    """

    repetition: Repetition
    due_on: dt.date | None
    hold: Hold | None
    opens_on: dt.date | None
    waits_for: Round | None
    template: Template
    is_overdue: bool

    @property
    def is_paused(self) -> bool:
        return self.repetition.paused_at is not None


def set_repetition(
    session: Session,
    *,
    organisation_id: uuid.UUID,
    team_id: uuid.UUID,
    rule: RepetitionRule,
    open_days: int,
    now: dt.datetime,
) -> Repetition:
    """The team's rounds repeat by this rule from today on. What was due by another rule is not made any more.

    Raises `UnknownTeam`.
    """
    team = get_team_to_change(session, organisation_id=organisation_id, team_id=team_id)
    today = _today(session, organisation_id, now)
    repetition = find_repetition(session, organisation_id, team.id)
    if repetition is None:
        repetition = Repetition(organisation_id=organisation_id, team_id=team.id, created_at=now, handled_on=None)
        session.add(repetition)
        is_new_rule = True
    else:
        repetition = _locked(session, repetition)
        is_new_rule = repetition.rule != rule
    repetition.set_rule(rule)
    repetition.open_days = open_days
    if is_new_rule:
        _let_go(repetition, today)
    session.flush()
    return repetition


def pause_repetition(session: Session, *, organisation_id: uuid.UUID, team_id: uuid.UUID, now: dt.datetime) -> None:
    """Nothing is made until somebody resumes it. Raises `UnknownTeam` or `NoRepetition`."""
    repetition = _get_to_change(session, organisation_id, team_id)
    repetition.paused_at = repetition.paused_at or now


def resume_repetition(session: Session, *, organisation_id: uuid.UUID, team_id: uuid.UUID, now: dt.datetime) -> None:
    """Goes on with the next day; what was due meanwhile is left out. Raises `UnknownTeam` or `NoRepetition`."""
    repetition = _get_to_change(session, organisation_id, team_id)
    if repetition.paused_at is None:
        return
    repetition.paused_at = None
    _let_go(repetition, _today(session, organisation_id, now))


def end_repetition(session: Session, *, organisation_id: uuid.UUID, team_id: uuid.UUID) -> None:
    """The team's rounds do not repeat any more; those that were made stay. Raises `UnknownTeam` or `NoRepetition`."""
    session.delete(_get_to_change(session, organisation_id, team_id))
    session.flush()


def get_repetition(session: Session, *, team: Team, now: dt.datetime) -> RepetitionState | None:
    """What the team has set up and what comes next; `None` where its rounds do not repeat."""
    repetition = find_repetition(session, team.organisation_id, team.id)
    return _state(session, repetition, team, now) if repetition is not None else None


def next_template(session: Session, *, team: Team) -> Template:
    """What the team's next round starts from."""
    offered = {one.id: one for one in offered_questionnaires(session, organisation_id=team.organisation_id)}
    organisation = session.get_one(Organisation, team.organisation_id)
    last = next(iter(rounds_of_team(session, team.organisation_id, team.id, only_published=True, at_most=1)), None)
    if last is None:
        mode = RoundMode.ANSWERED if team.size >= organisation.minimum_group else RoundMode.CONSENSUS
        first = first_questionnaires(organisation, tuple(offered.values()))
        return Template(None, mode, False, False, tuple(one.id for one in first), (), None)
    before = {asked.version.questionnaire_id: asked.version.version for asked in last.questionnaires}
    known = [offered[id_] for id_ in before if id_ in offered]
    hold = None
    if last.mode is RoundMode.IMPORTED:
        hold = Hold.FROM_FILE
    elif len(known) < len(before) or clashes(known):
        hold = Hold.NOT_OFFERED
    elif last.mode is RoundMode.ANSWERED and team.size < organisation.minimum_group:
        hold = Hold.TOO_SMALL
    return Template(
        last=last,
        mode=last.mode,
        asks_role=last.asks_role and team.size >= 2 * organisation.minimum_group,
        asks_code=last.asks_code,
        questionnaires=tuple(before),
        changed=tuple(one for one in known if one.version != before[one.id]),
        hold=hold,
    )


def usual_open_days(session: Session, *, team: Team) -> int:
    """How many days the team's last round was open by its dates, both counted; else what is usual."""
    zone = session.get_one(Organisation, team.organisation_id).time_zone
    last = next(iter(rounds_of_team(session, team.organisation_id, team.id, at_most=1)), None)
    if last is None or last.opens_at is None or last.closes_at is None:
        return DAYS_OPEN
    days = (local_date(last.closes_at, zone) - local_date(last.opens_at, zone)).days + 1
    return days if 1 <= days <= LONGEST_OPEN else DAYS_OPEN


def changed_since_last(session: Session, *, round_: Round) -> tuple[str, ...]:
    """Of a round that was made by a repetition: the ids of what it asks in another version than the team's published
    round before it."""
    if find_repeated_round(session, round_.organisation_id, round_.id) is None:
        return ()
    published = rounds_of_team(session, round_.organisation_id, round_.team_id, only_published=True, at_most=2)
    last = next((one for one in published if one.id != round_.id and one.created_at <= round_.created_at), None)
    if last is None:
        return ()
    before = {asked.version.questionnaire_id: asked.version.version for asked in last.questionnaires}
    asked_now = [asked.version for asked in round_.questionnaires]
    return tuple(
        version.questionnaire_id
        for version in asked_now
        if before.get(version.questionnaire_id, version.version) != version.version
    )


def has_due_repetitions(session: Session, *, now: dt.datetime) -> bool:
    """Whether anything may be to be made, of any organisation."""
    return bool(_due_ids(session, now))


def open_due_rounds(database: Database, *, now: dt.datetime) -> list[uuid.UUID]:
    """Makes what is due, of all organisations, a transaction for each; returns the ids of the rounds.

    What goes wrong with one keeps nobody else's from opening, and is tried again.
    """
    made = []
    with database.reading() as session:
        due = _due_ids(session, now)
    for repetition_id in due:
        try:
            with database.writing() as session:
                round_ = open_due_round(session, repetition_id=repetition_id, now=now)
                if round_ is not None:
                    made.append(round_.id)
        except Exception as error:
            get_logger().error("a round that repeats could not be made; it is tried again", error=error)
    return made


def open_due_round(session: Session, *, repetition_id: uuid.UUID, now: dt.datetime) -> Round | None:
    """Makes the round of a repetition if one is due and nothing keeps it from opening; else returns `None`.

    A round that people answer opens as this day began, and closes by its dates. Of a team that agrees on one sheet
    only a draft is made: they choose the day on which they meet.
    """
    repetition = session.get(Repetition, repetition_id)
    if repetition is None:
        return None
    lock_team(session, repetition.team_id)
    repetition = find_repetition_for_update(session, repetition_id)
    if repetition is None or repetition.paused_at is not None:
        return None
    organisation = session.get_one(Organisation, repetition.organisation_id)
    team = get_team(session, organisation_id=organisation.id, team_id=repetition.team_id)
    today = local_date(now, organisation.time_zone)
    state = _state(session, repetition, team, now)
    if state.due_on is None:
        _handle(repetition, today)
        return None
    if state.hold is not None:
        return None
    round_ = _make(session, repetition, state.template, organisation, today, now)
    session.add(
        RepeatedRound(
            organisation_id=organisation.id, round_id=round_.id, repetition_id=repetition.id, due_on=state.due_on
        )
    )
    _handle(repetition, today)
    session.flush()
    return round_


def _make(
    session: Session,
    repetition: Repetition,
    template: Template,
    organisation: Organisation,
    today: dt.date,
    now: dt.datetime,
) -> Round:
    team_id = repetition.team_id
    reader = Localisation(language_of(organisation.language), organisation.country)
    number = count_rounds(session, organisation.id, team_id) + 1
    name = reader.gettext("Round %(number)s", number=number)
    if template.mode is RoundMode.CONSENSUS:
        return draft_round(
            session,
            organisation_id=organisation.id,
            team_id=team_id,
            name=name,
            mode=template.mode,
            questionnaires=template.questionnaires,
            now=now,
        )
    return open_round(
        session,
        organisation_id=organisation.id,
        team_id=team_id,
        name=name,
        mode=template.mode,
        opens_at=start_of_day(today, organisation.time_zone),
        closes_at=end_of_day(today + dt.timedelta(days=repetition.open_days - 1), organisation.time_zone),
        asks_role=template.asks_role,
        asks_code=template.asks_code,
        questionnaires=template.questionnaires,
        now=now,
    )


def _state(session: Session, repetition: Repetition, team: Team, now: dt.datetime) -> RepetitionState:
    zone = session.get_one(Organisation, team.organisation_id).time_zone
    today, rule = local_date(now, zone), repetition.rule
    waits_for = find_unpublished(session, team.organisation_id, team.id)
    facts = TeamFacts(
        last_begun_on=_day(last_opened_at(session, team.organisation_id, team.id), zone),
        has_unpublished=waits_for is not None,
        published_on=_day(last_published_at(session, team.organisation_id, team.id), zone),
    )
    due = due_on(rule, repetition.handled_on, facts.last_begun_on, today)
    template = next_template(session, team=team)
    hold = opens_on = None
    if due is None:
        opens_on = rule.next_after(max(today, facts.last_begun_on or today))
    else:
        hold = hold_of_rounds(facts, today) or template.hold
        if hold is None:
            opens_on = today
        elif hold is Hold.JUST_PUBLISHED and facts.published_on is not None:
            opens_on = facts.published_on + dt.timedelta(days=1)
    return RepetitionState(
        repetition=repetition,
        due_on=due,
        hold=hold,
        opens_on=opens_on if repetition.paused_at is None else None,
        waits_for=waits_for,
        template=template,
        is_overdue=facts.published_on is not None and is_overdue(rule, facts.published_on, today),
    )


def _due_ids(session: Session, now: dt.datetime) -> Sequence[uuid.UUID]:
    """Of the repetitions whose day has come where their organisation is."""
    latest = now.date() + dt.timedelta(days=1)  # nowhere is it later than that
    return [row.id for row in repetitions_due(session, latest) if row.next_on <= local_date(now, row.time_zone)]


def _handle(repetition: Repetition, today: dt.date) -> None:
    """Nothing is to be made any more up to today."""
    repetition.handled_on = today
    repetition.next_on = repetition.rule.next_after(today)


def _let_go(repetition: Repetition, today: dt.date) -> None:
    """What was due before today is not made any more; what is due today is."""
    yesterday = today - dt.timedelta(days=1)
    repetition.handled_on = max(repetition.handled_on or yesterday, yesterday)
    repetition.next_on = repetition.rule.next_after(repetition.handled_on)


def _get_to_change(session: Session, organisation_id: uuid.UUID, team_id: uuid.UUID) -> Repetition:
    """Raises `UnknownTeam` or `NoRepetition`."""
    team = get_team_to_change(session, organisation_id=organisation_id, team_id=team_id)
    repetition = find_repetition(session, organisation_id, team.id)
    if repetition is None:
        raise NoRepetition
    return _locked(session, repetition)


def _locked(session: Session, repetition: Repetition) -> Repetition:
    locked = find_repetition_for_update(session, repetition.id)
    if locked is None:
        raise NoRepetition
    return locked


def _today(session: Session, organisation_id: uuid.UUID, now: dt.datetime) -> dt.date:
    return local_date(now, session.get_one(Organisation, organisation_id).time_zone)


def _day(at: dt.datetime | None, zone: str) -> dt.date | None:
    return local_date(at, zone) if at is not None else None
