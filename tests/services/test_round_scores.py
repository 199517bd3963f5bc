"""A published round's scores are rows, written from its released result."""

from __future__ import annotations

import pytest
from sqlalchemy import delete

from assessment.domain.answers import Role
from assessment.domain.rounds import RoundMode
from assessment.services.publication import publish_round
from assessment.services.results import results
from assessment.services.round_scores import write_missing_scores
from assessment.services.rounds import stop_round
from assessment.store.round_scores import RoundScore, ScoreKind, scores_of_round
from assessment.store.rounds import Round
from tests.services.build import DAY, NOW, answer, make_home, make_round, make_sheet
from tests.services.test_publication import pin_text

pytestmark = pytest.mark.both_databases

COLUMNS = [column.key for column in RoundScore.__table__.columns]


def publish(database, home, sheets, *, now=NOW, **options):
    round_id, link = make_round(database, home, **({"opens_at": now, "closes_at": None, "now": now} | options))
    for sheet in sheets:
        answer(database, link, sheet, now=now)
    with database.writing() as session:
        stop_round(session, organisation_id=home.organisation, round_id=round_id, now=now)
    with database.writing() as session:
        publish_round(session, organisation_id=home.organisation, round_id=round_id, now=now)
    return round_id


def scores(database, home, round_id):
    with database.reading() as session:
        return scores_of_round(session, home.organisation, round_id)


def shown(database, home, round_id):
    with database.reading() as session:
        return results(session, organisation_id=home.organisation, round_id=round_id).result


def of_kind(rows, kind):
    return [row for row in rows if row.kind is kind]


def test_scores_are_those_of_the_released_result(database):
    home = make_home(database)
    round_id = publish(database, home, [make_sheet(number) for number in range(12)])
    rows, result = scores(database, home, round_id), shown(database, home, round_id)
    [overall] = of_kind(rows, ScoreKind.OVERALL)
    assert rows[0] is overall
    assert (overall.n, overall.score, overall.level) == (12, result.overall.mean, result.overall.level)
    assert (overall.low, overall.high) == (result.overall.ci95 or (None, None))
    assert overall.score == round(overall.score, 1)
    pillars = of_kind(rows, ScoreKind.PILLAR)
    assert [row.ref_id for row in pillars] == [pillar.pillar for pillar in result.pillars]
    assert [(row.n, row.score, row.level, row.agreement) for row in pillars] == [
        (pillar.n, pillar.mean, pillar.level, pillar.agreement) for pillar in result.pillars
    ]
    points = of_kind(rows, ScoreKind.POINT)
    assert [(row.ref_id, row.score) for row in points] == [(point.point, point.median) for point in result.ladder]
    assert {row.change for row in rows} == {None}
    assert not any(row.is_withheld for row in rows)


def test_a_mean_near_an_end_is_its_bound_here_too(database):
    home = make_home(database)
    sheets = [make_sheet(number) for number in range(8)]
    for sheet in sheets:
        sheet.items.update({item: 5 for item in sheet.items if item.startswith("language-")})
    rows = scores(database, home, publish(database, home, sheets))
    [language] = [row for row in rows if row.ref_id == "language"]
    assert (language.score, language.low, language.high) == (pytest.approx(4.8), None, None)


def test_scores_tell_the_change_from_the_round_before(database):
    home = make_home(database)
    publish(database, home, [make_sheet(number) for number in range(10)])
    round_id = publish(database, home, [make_sheet(100 + number) for number in range(10)], now=NOW + DAY)
    rows, result = scores(database, home, round_id), shown(database, home, round_id)
    moved = {change.pillar: (change.difference, change.label) for change in result.change}
    of_both_kinds = [*of_kind(rows, ScoreKind.OVERALL), *of_kind(rows, ScoreKind.PILLAR)]
    assert {row.ref_id: (row.change, row.label) for row in of_both_kinds} == moved
    steps = {change.point: (change.cliffs_delta, change.label) for change in result.ladder_change}
    assert {row.ref_id: (row.change, row.label) for row in of_kind(rows, ScoreKind.POINT)} == steps


def test_a_withheld_round_has_one_row_that_tells_nothing(database):
    home = make_home(database)
    round_id = publish(database, home, [make_sheet(number) for number in range(4)])
    [row] = scores(database, home, round_id)
    assert (row.kind, row.is_withheld, row.n, row.score, row.level) == (ScoreKind.OVERALL, True, None, None, None)
    with database.reading() as session:
        assert session.get_one(Round, round_id).is_withheld is True


def test_a_consensus_round_has_scores_without_statistics(database):
    home = make_home(database, size=3)
    round_id = publish(database, home, [make_sheet(1, role=Role.CONSENSUS)], mode=RoundMode.CONSENSUS)
    rows = scores(database, home, round_id)
    assert {row.n for row in rows} == {row.low for row in rows} == {None}
    assert rows[0].score is not None


def test_missing_scores_are_written_once_and_are_the_same(database):
    home = make_home(database)
    round_id = publish(database, home, [make_sheet(number) for number in range(6)])
    before = [[getattr(row, name) for name in COLUMNS] for row in scores(database, home, round_id)]
    assert write_missing_scores(database) == 0
    with database.writing() as session:
        session.execute(delete(RoundScore))
    assert write_missing_scores(database) == 1
    after = [[getattr(row, name) for name in COLUMNS] for row in scores(database, home, round_id)]
    assert after == before


def test_a_round_whose_questionnaire_is_not_known_stays_without_scores(database):
    home = make_home(database)
    round_id = publish(database, home, [make_sheet(number) for number in range(6)])
    with database.writing() as session:
        session.execute(delete(RoundScore))
    pin_text(database, round_id, "sha256:unknown", None)
    assert write_missing_scores(database) == 0
    assert scores(database, home, round_id) == []


def test_scores_go_with_their_round(database):
    home = make_home(database)
    round_id = publish(database, home, [make_sheet(number) for number in range(6)])
    with database.writing() as session:
        session.execute(delete(Round).where(Round.id == round_id))
    assert scores(database, home, round_id) == []
