"""How long answering takes, as respondents are told on the first page, the poster and the slips.

The sum of these estimates: the words of each page at 238 a minute (Brysbaert 2019,
https://doi.org/10.1016/j.jml.2019.104047) and two seconds for each choice. `make bench` reads the pages themselves and
says how long that takes. Nobody has been timed yet; where somebody is, these are the numbers to change.
"""

from __future__ import annotations

from assessment.catalogue.catalogue import load_questionnaire, load_team_kinds
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.rounds import RoundMode

SECONDS_A_STATEMENT = 6
SECONDS_A_DESCRIPTION = 35
SECONDS_A_POINT = 10
SECONDS_A_SINGLE_QUESTION = 35
"""What matters most, a choice, a comment, the part in the team."""
SECONDS_TO_SEND = 15
SECONDS_FOR_THE_REST = 120
"""First page, what matters most, comment and checking."""
CONSENSUS_FACTOR = 6
"""A team that agrees on one sheet takes so many times as long."""


def usual_minutes() -> int:
    """Whole minutes, for what is asked unless somebody chooses otherwise, of the first kind of team."""
    points = load_team_kinds()[0].points
    return minutes_to_answer(load_questionnaire(), len(points), RoundMode.ANSWERED)


def minutes_to_answer(questionnaire: Questionnaire, points: int, mode: RoundMode) -> int:
    """Whole minutes, for a round with so many perception points; in steps of five where the team answers together."""
    sections = questionnaire.all_sections
    seconds = SECONDS_A_STATEMENT * sum(section.statement_count for section in sections)
    seconds += SECONDS_A_DESCRIPTION * sum(section.description_count for section in sections)
    seconds += SECONDS_A_POINT * (points if questionnaire.ladder.steps else 0) + SECONDS_FOR_THE_REST
    if mode is RoundMode.CONSENSUS:
        return max(5, round(seconds * CONSENSUS_FACTOR / 300) * 5)
    return max(1, round(seconds / 60))
