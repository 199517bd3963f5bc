"""Publication: the frozen result is that of the answers, and nothing is left of how they came."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select

from assessment.catalogue.catalogue import checksum_of, load_questionnaire
from assessment.domain.answers import Role, TeamAnswers
from assessment.domain.change import Linking
from assessment.domain.privacy import release
from assessment.domain.rounds import RoundMode, RoundNotPublished
from assessment.domain.scoring import score_team
from assessment.services.comments import UnknownComment, comments_of_round, hide_comment, unhide_comment
from assessment.services.comparison import NoChange
from assessment.services.participation import get_participation
from assessment.services.publication import (
    publish_round,
    publish_scored_round,
    score_before_publication,
    score_round_now,
)
from assessment.services.questionnaires import QuestionnaireChanged
from assessment.services.respond import AlreadySubmitted, read_draft, resolve_link, save_draft
from assessment.services.results import results
from assessment.services.rounds import invite, stop_round
from assessment.services.snapshots import result_from_snapshot
from assessment.store.comments import Comment
from assessment.store.questionnaires import STANDARD, QuestionnaireVersion
from assessment.store.responses import Draft, Invitation, Response, SubmissionKey
from assessment.store.rounds import Round
from tests.conftest import ROOT
from tests.services.build import DAY, NOW, answer, make_home, make_round, make_sheet

pytestmark = pytest.mark.both_databases


def publish(database, home, round_id, now=NOW):
    with database.writing() as session:
        stop_round(session, organisation_id=home.organisation, round_id=round_id, now=now)
    with database.writing() as session:
        publish_round(session, organisation_id=home.organisation, round_id=round_id, now=now)


def hold(database, home, sheets, *, now=NOW, **changes):
    """A round that was answered and published."""
    round_id, link = make_round(database, home, **({"opens_at": now, "closes_at": None, "now": now} | changes))
    for sheet in sheets:
        answer(database, link, sheet, now=now)
    publish(database, home, round_id, now)
    return round_id


def results_of(database, home, round_id):
    with database.reading() as session:
        return results(session, organisation_id=home.organisation, round_id=round_id)


def points(round_):
    return tuple(point["id"] for point in round_.points)


def test_the_snapshot_is_what_scoring_says_of_the_same_answers(database):
    home = make_home(database)
    sheets = [make_sheet(number) for number in range(12)]
    round_id = hold(database, home, sheets)
    with database.reading() as session:
        round_ = session.get_one(Round, round_id)
        frozen = result_from_snapshot(round_.snapshot)
        expected = score_team(
            TeamAnswers("Mesa de ayuda", points(round_), tuple(sheets)), load_questionnaire(), minimum_group=5
        )
        assert frozen == expected
        assert list(frozen.focus) == list(expected.focus)
        assert score_round_now(session, round_) == frozen
    shown = results_of(database, home, round_id)
    assert shown.result == release(expected, load_questionnaire())
    assert shown.point_names["contact"]


def test_a_result_scored_before_counts_only_for_the_same_responses(database):
    home = make_home(database)
    sheets = [make_sheet(number) for number in range(8)]
    frozen = []
    for late in (False, True):
        begun = NOW + DAY * late
        round_id, link = make_round(database, home, opens_at=begun, closes_at=None, now=begun)
        own = {"organisation_id": home.organisation, "round_id": round_id}
        for sheet in sheets[:7]:
            answer(database, link, sheet, now=begun)
        with database.reading() as session:
            scored = score_before_publication(session, **own)
        if late:
            answer(database, link, sheets[7], now=begun)
        with database.writing() as session:
            stop_round(session, **own, now=begun)
        with database.writing() as session:
            published = publish_scored_round(session, **own, scored=scored, surplus_reason="", user_id=None, now=begun)
            frozen.append((result_from_snapshot(published.snapshot), scored.result))
    (same, before), (another, stale) = frozen
    assert same is not before
    assert same == before
    assert (another.respondents, stale.respondents) == (8, 7)


def test_results_wait_for_publication(database):
    home = make_home(database)
    round_id, link = make_round(database, home)
    for number in range(6):
        answer(database, link, make_sheet(number))
    for service in (results, comments_of_round):
        with pytest.raises(RoundNotPublished), database.reading() as session:
            service(session, organisation_id=home.organisation, round_id=round_id)


def test_a_round_under_the_minimum_is_published_without_a_result(database):
    home = make_home(database)
    round_id = hold(database, home, [make_sheet(number, comment="algo") for number in range(4)])
    shown = results_of(database, home, round_id)
    assert shown.result.withheld
    assert shown.result.pillars == ()
    with database.reading() as session:
        assert comments_of_round(session, organisation_id=home.organisation, round_id=round_id).is_withheld


def test_a_consensus_round_gives_levels_without_statistics(database):
    home = make_home(database, size=3)
    sheet = make_sheet(1, role=Role.CONSENSUS, comment="Lo hablamos entre todos.")
    round_id = hold(database, home, [sheet], mode=RoundMode.CONSENSUS)
    shown = results_of(database, home, round_id)
    assert shown.result.mode == "consensus"
    assert not shown.result.withheld
    assert shown.result.pillars[0].n is None
    with database.reading() as session:
        seen = comments_of_round(session, organisation_id=home.organisation, round_id=round_id)
        assert [comment.words for comment in seen.comments] == ["Lo hablamos entre todos."]


def test_publication_forgets_the_way_in_and_the_order_of_arrival(database):
    home = make_home(database)
    round_id, link = make_round(database, home)
    _, other_link = make_round(database, make_home(database, "Otra"))
    for number in range(10):
        answer(database, link, make_sheet(number, comment=f"n{number}"))
    answer(database, other_link, make_sheet(99), cookie="other")
    with database.writing() as session:
        save_draft(
            session, resolve_link(session, token=link, cookie="late"), cookie="late", sheet=make_sheet(50), now=NOW
        )
        before = set(session.scalars(select(Response.id)))
    publish(database, home, round_id)
    assert database.compact_if_owed(patience=60)  # of tests that run beside this one on the same server
    with database.reading() as session:
        rows = session.execute(select(Response.id, Response.answers).where(Response.round_id == round_id)).all()
        assert not {id_ for id_, _ in rows} & before
        assert len(rows) == 10
        assert all(answers["comment"] == "" for _, answers in rows)
        for table in (Draft, SubmissionKey):
            query = select(func.count()).select_from(table)
            assert session.scalar(query.where(table.round_id == round_id)) == 0
        assert session.scalar(select(func.count()).select_from(SubmissionKey)) == 1
    # The other organisation's round goes on: its device is still known.
    with pytest.raises(AlreadySubmitted), database.reading() as session:
        read_draft(resolve_link(session, token=other_link, cookie="other"))


def test_an_invitation_still_knows_only_that_it_was_used(database):
    home = make_home(database)
    round_id, _ = make_round(database, home)
    with database.writing() as session:
        tokens = invite(session, organisation_id=home.organisation, round_id=round_id, how_many=7)
    for number, token in enumerate(tokens[:6]):
        answer(database, token, make_sheet(number))
    publish(database, home, round_id)
    with database.reading() as session:
        assert sorted(session.scalars(select(Invitation.is_used))) == [False, *[True] * 6]


def test_comments_need_ten_people_and_have_no_author(database):
    home = make_home(database, size=20)
    few = hold(database, home, [make_sheet(number, comment=f"n{number}") for number in range(9)])
    many = hold(database, home, [make_sheet(number, comment=f"n{number}") for number in range(10)], now=NOW + DAY)
    with database.writing() as session:
        withheld = comments_of_round(session, organisation_id=home.organisation, round_id=few)
        assert withheld.is_withheld
        assert withheld.comments == ()
        hidden = session.scalars(select(Comment).where(Comment.round_id == few)).first()
        with pytest.raises(UnknownComment):
            hide_comment(session, organisation_id=home.organisation, round_id=few, comment_id=hidden.id)
        shown = comments_of_round(session, organisation_id=home.organisation, round_id=many)
        assert {comment.words for comment in shown.comments} == {f"n{number}" for number in range(10)}
    assert set(Comment.__table__.columns.keys()) == {
        "id",
        "organisation_id",
        "round_id",
        "section",
        "words",
        "is_hidden",
    }


def test_many_comments_come_in_pages_that_neither_miss_nor_repeat_one(database):
    home = make_home(database, size=200)
    round_id = hold(database, home, [make_sheet(number, comment=f"n{number}") for number in range(120)])
    own = {"organisation_id": home.organisation, "round_id": round_id}
    with database.writing() as session:
        pages = [comments_of_round(session, **own, page=page) for page in (1, 2, 3)]
        assert [len(page.comments) for page in pages] == [50, 50, 20]
        assert {comment.words for page in pages for comment in page.comments} == {f"n{at}" for at in range(120)}
        assert (pages[0].total, pages[0].pages) == (120, 3)
        assert [comments_of_round(session, **own, page=page).page for page in (-1, 0, 99)] == [1, 1, 3]
        hide_comment(session, **own, comment_id=pages[0].comments[0].id)
        assert comments_of_round(session, **own).total == 119
        assert comments_of_round(session, **own, with_hidden=True).total == 120


def test_a_comment_is_hidden_and_shown_again(database):
    home = make_home(database)
    round_id = hold(database, home, [make_sheet(number, comment=f"n{number}") for number in range(10)])
    other = hold(database, home, [make_sheet(number) for number in range(10)], now=NOW + DAY)
    own: dict[str, Any] = {"organisation_id": home.organisation, "round_id": round_id}
    with database.writing() as session:
        first = comments_of_round(session, **own).comments[0]
        with pytest.raises(UnknownComment):
            hide_comment(session, organisation_id=home.organisation, round_id=other, comment_id=first.id)
        hide_comment(session, **own, comment_id=first.id)
        assert len(comments_of_round(session, **own).comments) == 9
        assert len(comments_of_round(session, **own, with_hidden=True).comments) == 10
        unhide_comment(session, **own, comment_id=first.id)
        assert len(comments_of_round(session, **own).comments) == 10


def test_change_is_told_from_the_round_before_with_the_same_wording(database):
    home = make_home(database)
    before = [make_sheet(number) for number in range(8)]
    after = [make_sheet(100 + number) for number in range(9)]
    first = hold(database, home, before)
    second = hold(database, home, after, now=NOW + DAY)
    assert results_of(database, home, first).no_change is NoChange.FIRST_ROUND
    shown = results_of(database, home, second)
    assert shown.compared_with.id == first
    assert shown.no_change is None
    with database.reading() as session:
        asked = points(session.get_one(Round, second))
        frozen = result_from_snapshot(session.get_one(Round, second).snapshot)
    earlier = TeamAnswers("Mesa de ayuda", asked, tuple(before))
    answers = TeamAnswers("Mesa de ayuda", asked, tuple(after))
    expected = score_team(answers, load_questionnaire(), minimum_group=5, previous=earlier, linking=Linking.NEVER)
    assert frozen == expected


def pin_text(database, round_id, checksum, content):
    """Lets a round ask another text of version 1 than the one that it pinned."""
    with database.writing() as session:
        version = QuestionnaireVersion(
            owner_id=STANDARD, questionnaire_id="service-culture", version=1, checksum=checksum, content=content
        )
        session.add(version)
        session.flush()
        session.get_one(Round, round_id).questionnaires[0].version = version


def test_change_is_withheld_with_a_reason_where_the_wording_differs(database):
    home = make_home(database)
    first = hold(database, home, [make_sheet(number) for number in range(6)])
    pin_text(database, first, "sha256:another", None)
    second = hold(database, home, [make_sheet(number) for number in range(6)], now=NOW + DAY)
    shown = results_of(database, home, second)
    assert shown.no_change is NoChange.OTHER_WORDING
    assert shown.result.change == ()
    with pytest.raises(QuestionnaireChanged):
        results_of(database, home, first)


def test_rounds_that_asked_the_same_are_compared_though_the_file_was_written_anew(database):
    home = make_home(database)
    first = hold(database, home, [make_sheet(number) for number in range(6)])
    now_written = (ROOT / "questionnaires/service-culture/v1.yaml").read_text("utf-8")
    text = now_written.replace('en: "Service culture"', 'en: "Culture of service"', 1)
    with_another_title = checksum_of(text.encode())
    pin_text(database, first, with_another_title, text)
    second = hold(database, home, [make_sheet(number) for number in range(6)], now=NOW + DAY)
    shown = results_of(database, home, second)
    assert shown.compared_with.id == first
    assert len(shown.result.change) == 13
    assert results_of(database, home, first).questionnaire.checksum == with_another_title


def test_change_is_withheld_where_a_round_had_too_few_answers_or_was_agreed(database):
    home = make_home(database)
    hold(database, home, [make_sheet(number) for number in range(4)])
    second = hold(database, home, [make_sheet(number) for number in range(6)], now=NOW + DAY)
    assert results_of(database, home, second).no_change is NoChange.TOO_FEW
    sheet = make_sheet(1, role=Role.CONSENSUS)
    third = hold(database, home, [sheet], mode=RoundMode.CONSENSUS, now=NOW + 2 * DAY)
    assert results_of(database, home, third).no_change is NoChange.CONSENSUS


def test_answers_given_under_a_larger_minimum_are_never_shown_under_a_smaller_one(database):
    home = make_home(database)
    first = hold(database, home, [make_sheet(number) for number in range(8)])
    with database.writing() as session:
        round_ = session.get_one(Round, first)
        round_.minimum_group = 8
    few = [replace(make_sheet(number), items=make_sheet(number).items if number else {}) for number in range(8)]
    second = hold(database, home, few, now=NOW + DAY)
    shown = results_of(database, home, second)
    assert shown.no_change is NoChange.TOO_FEW
    assert shown.result.change == ()
    assert shown.result.pillars[0].mean is not None


def test_published_counts_stay_what_they_were(database):
    home = make_home(database)
    round_id = hold(database, home, [make_sheet(number) for number in range(6)])
    with database.reading() as session:
        assert get_participation(session, organisation_id=home.organisation, round_id=round_id).answered == 6
