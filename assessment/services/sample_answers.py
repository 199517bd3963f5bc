"""Random answer sheets of a sample team, drawn from its tendencies; the same ones each time."""

from __future__ import annotations

import random
from collections.abc import Iterator

from assessment.catalogue.samples import SampleRound
from assessment.domain.answers import DK, Answer, AnswerSheet, Role
from assessment.domain.questionnaire import Pillar, Questionnaire, Scale
from assessment.domain.rounds import RoundMode

BETWEEN_PEOPLE = 0.35
"""Standard deviation, between people, of how favourably they answer."""
WITHIN_A_PERSON = 0.6
ON_THE_LADDER = 0.7
DONT_KNOW_SHARE = 0.03
SPLIT_LOW, SPLIT_HIGH = 1.4, 4.6


def draw_sheets(story: SampleRound, asked: Questionnaire, points: tuple[str, ...], seed: str) -> Iterator[AnswerSheet]:
    """The answer sheets of a round, the leaders' first. The same seed gives the same sheets."""
    chance = random.Random(seed)  # noqa: S311 - invented answers, no secret
    is_agreed = story.mode is RoundMode.CONSENSUS
    comments = list(story.comments) + [""] * (story.answers - len(story.comments))
    chance.shuffle(comments)
    for number in range(story.answers):
        person = 0.0 if is_agreed else chance.gauss(0, BETWEEN_PEOPLE)
        items: dict[str, Answer] = {}
        for pillar in asked.pillars:
            items |= _items(pillar, asked.scale, _leaning(story, pillar.id, number, person), chance, is_agreed)
        ladder: dict[str, Answer] = {
            point: round(story.steps.get(point, story.usual_step))
            if is_agreed
            else _drawn(story.steps.get(point, story.usual_step) + person, ON_THE_LADDER, asked.ladder.size, chance)
            for point in points
        }
        yield AnswerSheet(
            role=_role(story, number),
            items=items,
            ladder=ladder,
            focus=_focus(story, asked, chance),
            comment=comments[number],
        )


def _role(story: SampleRound, number: int) -> Role:
    if story.mode is RoundMode.CONSENSUS:
        return Role.CONSENSUS
    return Role.LEADER if number < story.leaders else Role.STAFF


def _leaning(story: SampleRound, pillar: str, number: int, person: float) -> float:
    if pillar in story.split:
        return SPLIT_HIGH if number % 2 else SPLIT_LOW
    return story.pillars.get(pillar, story.usual) + person


def _items(pillar: Pillar, scale: Scale, leaning: float, chance: random.Random, is_agreed: bool) -> dict[str, Answer]:
    if is_agreed:
        return {item.id: round(leaning) for item in pillar.items}
    return {
        item.id: DK if chance.random() < DONT_KNOW_SHARE else _drawn(leaning, WITHIN_A_PERSON, scale.size, chance)
        for item in pillar.items
    }


def _drawn(leaning: float, deviation: float, highest: int, chance: random.Random) -> int:
    return min(highest, max(1, round(chance.gauss(leaning, deviation))))


def _focus(story: SampleRound, asked: Questionnaire, chance: random.Random) -> tuple[str, ...]:
    """Up to as many pillars as may be chosen; those in the story's focus occur more often."""
    if story.mode is RoundMode.CONSENSUS:
        return story.focus
    chosen = [pillar for pillar in story.focus if chance.random() < 0.55]
    chosen.append(chance.choice(asked.pillars).id)
    return tuple(sorted(set(chosen))[: asked.focus.at_most])
