"""A round's whole life, and that nobody reaches another organisation's."""

from __future__ import annotations

from typing import Any

import pytest

from assessment.catalogue.catalogue import load_questionnaire
from assessment.domain.rounds import (
    InvalidDates,
    RoundAlreadyOpened,
    RoundAlreadyPublished,
    RoundMode,
    RoundNotOpen,
    RoundNotStopped,
    RoundState,
    WrongRoundMode,
)
from assessment.intake.responses import Responses
from assessment.services.comments import UnknownComment, comments_of_round, hide_comment
from assessment.services.import_round import keep_imported_round
from assessment.services.participation import get_participation
from assessment.services.plan_documents import UnknownPrintedPlan, get_printed_plan, printed_plans
from assessment.services.plans import draft_plan, read_plan
from assessment.services.publication import publish_round
from assessment.services.questionnaires import store_questionnaire
from assessment.services.results import results
from assessment.services.rounds import (
    RoundHasAnswers,
    TeamTooSmall,
    UnknownRound,
    change_closing,
    discard_round,
    draft_round,
    get_round,
    invite,
    open_round,
    reopen_round,
    schedule_round,
    stop_round,
)
from assessment.services.teams import TeamPoint, UnknownTeam, change_team, set_points, set_targets
from assessment.store.organisations import Organisation
from assessment.store.plans import PrintedPlan
from assessment.store.printed_files import keep_file
from assessment.store.rounds import Round
from tests.questionnaires.every_kind import FILE
from tests.services.build import DAY, LATER, NOW, answer, make_home, make_round, make_sheet, next_steps_of


def state(database, round_id, now):
    with database.reading() as session:
        return session.get_one(Round, round_id).facts.state(now)


def act(database, service, home, round_id, **more):
    with database.writing() as session:
        return service(session, organisation_id=home.organisation, round_id=round_id, **more)


def test_a_round_lives_from_draft_to_publication(database):
    home = make_home(database)
    with database.writing() as session:
        round_id = draft_round(
            session, organisation_id=home.organisation, team_id=home.team, name="Ronda 1", now=NOW
        ).id
    assert state(database, round_id, NOW) is RoundState.DRAFT
    act(database, schedule_round, home, round_id, opens_at=NOW + DAY, closes_at=LATER, now=NOW)
    assert state(database, round_id, NOW) is RoundState.SCHEDULED
    assert state(database, round_id, NOW + DAY) is RoundState.OPEN
    assert state(database, round_id, LATER) is RoundState.STOPPED
    act(database, stop_round, home, round_id, now=NOW + 2 * DAY)
    assert state(database, round_id, NOW + 2 * DAY) is RoundState.STOPPED
    act(database, reopen_round, home, round_id, closes_at=None, now=NOW + 3 * DAY)
    assert state(database, round_id, NOW + 3 * DAY) is RoundState.OPEN
    act(database, change_closing, home, round_id, closes_at=NOW + 4 * DAY, now=NOW + 3 * DAY)
    assert state(database, round_id, NOW + 4 * DAY) is RoundState.STOPPED
    act(database, publish_round, home, round_id, now=NOW + 4 * DAY)
    assert state(database, round_id, NOW + 4 * DAY) is RoundState.PUBLISHED


def test_acts_out_of_their_time_are_refused(database):
    home = make_home(database)
    round_id, link = make_round(database, home)
    with pytest.raises(RoundNotStopped):
        act(database, publish_round, home, round_id, now=NOW)
    with pytest.raises(RoundNotStopped):
        act(database, reopen_round, home, round_id, closes_at=None, now=NOW)
    with pytest.raises(RoundAlreadyOpened):
        act(database, schedule_round, home, round_id, opens_at=NOW, closes_at=LATER, now=NOW)
    with pytest.raises(InvalidDates):
        act(database, change_closing, home, round_id, closes_at=NOW - DAY, now=NOW)
    answer(database, link, make_sheet(1))
    with pytest.raises(RoundHasAnswers):
        act(database, discard_round, home, round_id, now=NOW)
    act(database, stop_round, home, round_id, now=NOW)
    with pytest.raises(RoundNotOpen):
        act(database, stop_round, home, round_id, now=NOW)
    with pytest.raises(InvalidDates):
        act(database, reopen_round, home, round_id, closes_at=NOW, now=NOW)
    act(database, publish_round, home, round_id, now=NOW)
    for service, more in ((publish_round, {}), (reopen_round, {"closes_at": None}), (stop_round, {})):
        with pytest.raises((RoundNotStopped, RoundNotOpen)):
            act(database, service, home, round_id, now=NOW, **more)
    with pytest.raises(RoundAlreadyPublished):
        act(database, discard_round, home, round_id, now=NOW)
    with pytest.raises(RoundAlreadyPublished):
        act(database, invite, home, round_id, how_many=1)


def test_a_draft_never_becomes_a_round_by_itself(database):
    home = make_home(database)
    with database.writing() as session:
        drafted = draft_round(session, organisation_id=home.organisation, team_id=home.team, name="Ronda 1", now=NOW)
        drafted.closes_at = NOW + DAY
    assert state(database, drafted.id, LATER) is RoundState.DRAFT
    with pytest.raises(RoundNotStopped):
        act(database, publish_round, home, drafted.id, now=LATER)
    act(database, discard_round, home, drafted.id, now=LATER)
    with pytest.raises(UnknownRound):
        act(database, stop_round, home, drafted.id, now=LATER)


@pytest.mark.parametrize("closes_at", [NOW - 2 * DAY, NOW - DAY, NOW])
def test_a_round_that_would_be_over_at_once_is_refused(database, closes_at):
    home = make_home(database)
    with pytest.raises(InvalidDates):
        make_round(database, home, opens_at=NOW - DAY, closes_at=closes_at, now=NOW)


def test_what_a_round_asks_is_frozen_when_it_opens(database):
    home = make_home(database)
    round_id, _ = make_round(database, home)
    with database.writing() as session:
        session.get_one(Organisation, home.organisation).minimum_group = 9
        change_team(session, organisation_id=home.organisation, team_id=home.team, name="Soporte", size=30, now=NOW)
        set_targets(session, organisation_id=home.organisation, team_id=home.team, targets={"voice": 4.5})
        points = [TeamPoint("other", "Otro", "middle")]
        set_points(session, organisation_id=home.organisation, team_id=home.team, points=points)
    with database.reading() as session:
        round_ = get_round(session, organisation_id=home.organisation, round_id=round_id)
        assert (round_.minimum_group, round_.targets) == (5, {})
        assert round_.team_size == 30, "how many are asked is no promise, and may have been wrong"
        assert round_.points[0]["id"] != "other"
        assert round_.questionnaires[0].version.checksum == load_questionnaire().checksum


def test_a_target_that_only_another_questionnaires_scale_has_is_not_pinned(database):
    home = make_home(database)
    seven_points = FILE.read_text("utf-8").replace("id: warmth", "id: voice")
    with database.writing() as session:
        store_questionnaire(session, organisation_id=home.organisation, text=seven_points.encode())
    round_id, _ = make_round(database, home, questionnaires=["every-kind"])
    with database.writing() as session:
        targets = {"voice": 6.5, "language": 4.5}
        set_targets(session, organisation_id=home.organisation, team_id=home.team, targets=targets)
        discard_round(session, organisation_id=home.organisation, round_id=round_id, now=NOW)
    for questionnaires, pinned in ((["every-kind"], targets), (["service-culture"], {"language": 4.5})):
        round_id, _ = make_round(database, home, questionnaires=questionnaires)
        with database.writing() as session:
            assert session.get_one(Round, round_id).targets == pinned
            discard_round(session, organisation_id=home.organisation, round_id=round_id, now=NOW)


def test_a_scheduled_round_pins_the_team_as_it_is_when_its_dates_are_set(database):
    home = make_home(database)
    round_id, _ = make_round(database, home, opens_at=NOW + DAY, now=NOW)
    with database.writing() as session:
        change_team(session, organisation_id=home.organisation, team_id=home.team, name="Soporte", size=30, now=NOW)
    act(database, schedule_round, home, round_id, opens_at=NOW + DAY, closes_at=None, now=NOW)
    with database.reading() as session:
        assert session.get_one(Round, round_id).team_size == 30


def test_a_team_under_the_minimum_agrees_by_consensus_instead(database):
    home = make_home(database, size=4)
    with pytest.raises(TeamTooSmall):
        make_round(database, home)
    round_id, _ = make_round(database, home, mode=RoundMode.CONSENSUS)
    assert state(database, round_id, NOW) is RoundState.OPEN


def test_no_round_is_both_answered_and_imported(database):
    home = make_home(database)
    with pytest.raises(WrongRoundMode):
        make_round(database, home, mode=RoundMode.IMPORTED)


def test_personal_links_are_not_mixed_with_answers_by_the_shared_one(database):
    home = make_home(database)
    round_id, link = make_round(database, home)
    answer(database, link, make_sheet(1))
    with pytest.raises(RoundHasAnswers):
        act(database, invite, home, round_id, how_many=3)


def test_participation_is_a_count_and_nothing_else(database):
    home = make_home(database)
    round_id, link = make_round(database, home)
    for number in range(3):
        answer(database, link, make_sheet(number))
    with database.reading() as session:
        seen = get_participation(session, organisation_id=home.organisation, round_id=round_id)
    assert (seen.answered, seen.size, seen.needed, seen.missing) == (3, 12, 5, 2)


def test_nobody_reaches_another_organisation(database):
    home, other = make_home(database), make_home(database, "Otra")
    round_id, link = make_round(database, home)
    for number in range(12):
        answer(database, link, make_sheet(number, comment=f"comentario {number}"))

    def refuse(fact, service, **more):
        with pytest.raises(fact), database.writing() as session:
            service(session, organisation_id=other.organisation, **more)

    strange: dict[str, Any] = {"round_id": round_id}
    for service in (get_round, get_participation):
        refuse(UnknownRound, service, **strange)
    refuse(UnknownRound, invite, **strange, how_many=1)
    refuse(UnknownRound, change_closing, **strange, closes_at=None, now=NOW)
    refuse(UnknownRound, stop_round, **strange, now=NOW)
    refuse(UnknownRound, discard_round, **strange, now=NOW)
    act(database, stop_round, home, round_id, now=NOW)
    refuse(UnknownRound, reopen_round, **strange, closes_at=None, now=NOW)
    refuse(UnknownRound, publish_round, **strange, now=NOW)
    act(database, publish_round, home, round_id, now=NOW)
    plan = act(database, draft_plan, home, round_id, drawn_on=NOW.date(), now=NOW)
    with database.writing() as session:
        own = comments_of_round(session, organisation_id=home.organisation, round_id=round_id)
        printed = PrintedPlan(
            organisation_id=home.organisation,
            plan_id=plan.id,
            content_hash="0",
            language="es",
            printed_at=NOW,
            file=keep_file(session, home.organisation, b"%PDF"),
        )
        session.add(printed)
    for look in (results, comments_of_round):
        refuse(UnknownRound, look, **strange)
    refuse(UnknownRound, read_plan, **strange, drawn_on=NOW.date())
    refuse(UnknownRound, draft_plan, **strange, drawn_on=NOW.date(), now=NOW)
    refuse((UnknownRound, UnknownComment), hide_comment, **strange, comment_id=own.comments[0].id)
    refuse(UnknownPrintedPlan, get_printed_plan, **strange, printed_id=printed.id)
    new: dict[str, Any] = {"team_id": home.team, "name": "Ronda", "now": NOW}
    refuse(UnknownTeam, open_round, **new, opens_at=NOW, closes_at=None)
    refuse(UnknownTeam, keep_imported_round, **new, responses=Responses(()))
    with database.reading() as session:
        assert printed_plans(session, organisation_id=other.organisation, round_id=round_id) == []
        assert [one.team.id for one in next_steps_of(session, other.organisation)] == [other.team]
        stored = get_printed_plan(session, organisation_id=home.organisation, round_id=round_id, printed_id=printed.id)
        assert stored.pdf == b"%PDF"
