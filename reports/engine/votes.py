"""Votes of a workshop in words and figures: alike on phones, on the projector, beside the results and in the plan."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from assessment.domain.workshops import DONT_KNOW, Distribution, Level, VotedQuestion
from assessment.infra.languages import Localisation
from reports.engine import charts


@dataclass(frozen=True, slots=True)
class Bar:
    """One answer and its votes. `percent` is of all who voted; the number of an answer that is no level is empty."""

    value: int
    number: str
    name: str
    votes: str
    percent: int
    is_most_voted: bool


def level_words(question: VotedQuestion, value: int, reader: Localisation) -> str:
    """A level with its number, or where answers are in no order their names; of "I don't know", the questionnaire's own
    words."""
    if value == DONT_KNOW:
        return reader.text(question.dont_know)
    if not question.is_scale:
        return reader.list_of(reader.text(question.levels[chosen - 1].name) for chosen in question.chosen(value))
    level = question.levels[value - 1]
    return f"{reader.number(level.value)} · {reader.text(level.name)}"


def in_reading_order(question: VotedQuestion) -> tuple[Level, ...]:
    """The highest level first; answers that are in no order as they were written."""
    return tuple(reversed(question.levels)) if question.is_scale else question.levels


def bars_of(question: VotedQuestion, votes: Distribution, reader: Localisation) -> tuple[Bar, ...]:
    """From the highest level down to the lowest, or where they are in no order as they were asked, of several by their
    votes; then those who do not know, if anybody does not."""
    most, all_votes = votes.most_voted, max(1, votes.voters)
    levels = in_reading_order(question)
    if question.most > 1:  # of many, the first ones are what people look for
        levels = tuple(sorted(levels, key=lambda level: -votes.counts[level.value]))
    bars = [
        Bar(
            level.value,
            reader.number(level.value) if question.is_scale else "",
            reader.text(level.name),
            reader.number(votes.counts[level.value]),
            round(100 * votes.counts[level.value] / all_votes),
            level.value in most,
        )
        for level in levels
    ]
    if unknown := votes.counts[DONT_KNOW]:
        words = reader.text(question.dont_know)
        bars.append(Bar(DONT_KNOW, "", words, reader.number(unknown), round(100 * unknown / all_votes), False))
    return tuple(bars)


def ends_of(question: VotedQuestion, votes: Distribution) -> tuple[Level, ...]:
    """The highest and the lowest level that anybody voted for, where they are described: what speaks for each?"""
    voted = [level for level in question.levels if votes.counts[level.value]]
    if not question.is_scale or not voted or not voted[0].described.en:
        return ()
    return (voted[-1], voted[0]) if len(voted) > 1 else (voted[0],)


NAMED_IN_A_TIE = 2
"""More names would fill the screen; beside the sentence, those that are tied stand out as bars."""


def told(
    question: VotedQuestion, votes: Distribution, reader: Localisation, *, is_agreed: bool = False
) -> tuple[str, ...]:
    """What is to be said about votes that are shown: a tie, and that so few are not anonymous.

    A tie waits for the team, or the team has decided it (`is_agreed`).
    """
    sentences = []
    if votes.is_tied:
        tied = votes.most_voted
        if question.most > 1:  # those with more votes are not tied with anybody
            least = min(votes.counts[value] for value in tied)
            tied = tuple(value for value in tied if votes.counts[value] == least)
        levels = reader.list_of(level_words(question, question.value_of([value]), reader) for value in tied)
        if len(tied) > NAMED_IN_A_TIE:
            tie = reader.gettext("A tie: %(n)s answers have the same number of votes.", n=reader.number(len(tied)))
        else:
            tie = reader.gettext("A tie: %(levels)s have the same number of votes.", levels=levels)
        then = reader.gettext("The team decided.") if is_agreed else reader.gettext("The team decides.")
        sentences.append(f"{tie} {then}")
    if not votes.is_anonymous:
        sentences.append(reader.gettext("With fewer than five votes, it can be guessed who voted what."))
    return tuple(sentences)


def in_short(question: VotedQuestion, votes: Distribution, reader: Localisation) -> str:
    """How often each answer was voted for, the lowest level first; those that nobody voted for are left out."""
    answers = [*((level.value, level.name) for level in question.levels), (DONT_KNOW, question.dont_know)]
    said = [
        f"{reader.number(value) if question.is_scale and value else reader.text(name)}: "
        f"{reader.number(votes.counts[value])}"
        for value, name in answers
        if votes.counts[value]
    ]
    if not question.is_scale:
        order = sorted(
            (value for value, _ in answers if votes.counts[value]), key=lambda value: (not value, -votes.counts[value])
        )
        names = dict(answers)
        said = [f"{reader.text(names[value])}: {reader.number(votes.counts[value])}" for value in order]
    return " · ".join(said)


def bar_of(question: VotedQuestion, votes: Distribution, reader: Localisation) -> Markup | None:
    """How the votes spread over a scale, of those who knew; `None` where there is no scale, or nobody knew."""
    known = votes.counts[1:]
    if not question.is_scale or not sum(known):
        return None
    return charts.distribution_bar(known, in_short(question, votes, reader))
