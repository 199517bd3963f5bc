"""Which statements moved most between two released results."""

from __future__ import annotations

from dataclasses import replace

from assessment.catalogue.catalogue import load_questionnaire
from assessment.domain.answers import TeamAnswers
from assessment.domain.privacy import release
from assessment.domain.result import TeamResult
from assessment.domain.scoring import score_team
from assessment.domain.since import StatementMove, furthest_moves, statement_moves
from tests.services.build import kind_of_team, make_sheet

ASKED = load_questionnaire()
SECTION = ASKED.pillars_section


def released(first: int, how_many: int = 24, **answers: tuple[int, ...]) -> TeamResult:
    """A result by chance; of named statements, these answers, one person after the other."""
    sheets = [make_sheet(first + number) for number in range(how_many)]
    for name, given in answers.items():
        for at, sheet in enumerate(sheets):
            sheet.items[name.replace("_", "-")] = given[at % len(given)]
    points = tuple(point.id for point in kind_of_team().points)
    return release(score_team(TeamAnswers("Mesa de ayuda", points, tuple(sheets)), ASKED), ASKED)


def test_a_statement_moved_by_the_difference_of_what_people_read() -> None:
    before, now = released(0, language_1=(2, 3)), released(50, language_1=(3, 4))
    moves = {move.item: move for move in statement_moves(before, now, SECTION)}
    assert (moves["language-1"].before, moves["language-1"].after, moves["language-1"].difference) == (2.5, 3.5, 1.0)
    assert len(moves) > 40


def test_no_statement_is_told_of_fewer_than_ten_answers_in_either_round() -> None:
    enough, few = released(0), released(50, 9)
    assert statement_moves(enough, few, SECTION) == statement_moves(few, enough, SECTION) == ()


def test_a_pillar_with_a_statement_that_nearly_all_answered_alike_is_left_out_as_its_distribution_is() -> None:
    before, now = released(0), released(50, language_2=(4,))
    told = {move.item for move in statement_moves(before, now, SECTION)}
    assert not {f"language-{number}" for number in range(1, 5)} & told
    assert len(told) > 36


def test_a_statement_near_an_end_is_left_out_as_its_mean_is() -> None:
    moves = statement_moves(released(0, language_1=(1, 1, 1, 1, 2)), released(50), SECTION)
    assert "language-1" not in {move.item for move in moves}


def test_those_that_moved_furthest_come_first_and_none_that_is_level_with_one_left_out() -> None:
    moves = [StatementMove(str(at), 3.0, 3.0 + size) for at, size in enumerate((0.1, -0.6, 0.4, 0.4, 0.0, 0.2))]
    assert [move.item for move in furthest_moves(moves, at_most=3)] == ["1", "2", "3"]
    assert [move.item for move in furthest_moves(moves, at_most=2)] == ["1"]
    assert furthest_moves([replace(move, after=3.5) for move in moves], at_most=3) == ()
    assert furthest_moves([StatementMove("x", 3.0, 3.0)], at_most=3) == ()
