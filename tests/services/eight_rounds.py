"""Small random organisations over eight rounds, and every figure that leaves them, as rows over single answers.

Each figure is checked against the answers it is said to be of, so that no row says less than the figure does.
"""

from __future__ import annotations

import datetime as dt
import random
import re
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache

import pytest

from assessment.catalogue.catalogue import load_questionnaire_text
from assessment.domain import permutation
from assessment.domain.answers import DK, Answer, AnswerSheet, Role, TeamAnswers
from assessment.domain.as_read import as_read
from assessment.domain.change import OVERALL
from assessment.domain.people import Person
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.respondents import scored_people
from assessment.domain.result import Change, TeamResult
from assessment.services.deletion import delete_team
from assessment.services.portfolio import read_portfolio
from assessment.services.publication import publish_round
from assessment.services.questionnaires import pinned_questionnaire, store_questionnaire
from assessment.services.respond import resolve_link, save_draft, submit_response
from assessment.services.results import RoundResults, results
from assessment.services.retention import delete_what_is_over
from assessment.services.rounds import open_round, stop_round
from assessment.services.teams import create_team, points_of_kind, set_tags
from assessment.store.database import Database
from assessment.store.organisations import Organisation
from tests.services.build import DAY, NOW, Home, kind_of_team
from tests.services.portfolios import access_to
from tests.spans import Answered, Row, plus

ROUNDS = 8
PILLARS = {"language": 2, "vision": 2, "voice": 1}
"""Pillars of the questionnaire, and how many statements each has: a few, so that one weighs much in the overall."""
QUESTIONS = "few-pillars"


@cache
def questionnaire_text() -> bytes:
    """Three of the standard pillars, with some of their statements, beside all else that is asked."""
    kept, is_kept, in_pillars = [], True, False
    for line in load_questionnaire_text("service-culture")[1].splitlines():
        if line.startswith("  - kind: "):
            is_kept, in_pillars = True, line.endswith("statements")
        elif in_pillars and (group := re.fullmatch(r" {6}- id: (\S+)", line)):
            is_kept = group[1] in PILLARS
        elif in_pillars and (item := re.fullmatch(r" {10}- id: (\S+)-(\d+)", line)):
            is_kept = int(item[2]) <= PILLARS.get(item[1], 0)
        if is_kept:
            kept.append(line.replace("id: service-culture", f"id: {QUESTIONS}"))
    return "\n".join(kept).encode()


@contextmanager
def few_shuffles() -> Iterator[None]:
    """A hundredth of the shuffles in a test of change: they decide a word, no figure, and take most of the time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(permutation, "SHUFFLES", 199)
        permutation._samples.cache_clear()
        yield
    permutation._samples.cache_clear()


@dataclass
class Answering:
    """A human being's sheet in a round, and the code that linked it, if any."""

    human: str
    sheet: AnswerSheet
    code: str


@dataclass
class Story:
    """A published round: who answered what, and what everybody read of it on its day."""

    id: uuid.UUID
    team: str
    answers: list[Answering]
    found: RoundResults | None = None

    def persons(self, asked: Questionnaire) -> dict[str, Person]:
        """Who counts, by their names."""
        found = {}
        for one in self.answers:
            points = tuple(one.sheet.ladder)
            for person in scored_people(TeamAnswers(self.team, points, (one.sheet,)), asked):
                found[one.human] = person
        return found

    @property
    def codes(self) -> dict[str, str]:
        """Who gave a code that nobody else gave, by the code."""
        given = [one.code for one in self.answers]
        return {one.code: one.human for one in self.answers if one.code and given.count(one.code) == 1}


@dataclass
class EightRounds:
    """An organisation whose teams were asked again and again; `over` has what was said over teams each time."""

    database: Database
    home: Home
    minimum: int
    stories: list[Story] = field(default_factory=list)
    over: list[tuple[dt.datetime, dict[str, float], list[uuid.UUID]]] = field(default_factory=list)
    now: dt.datetime = NOW


def make_organisation(database: Database, home: Home, seed: int, *, teams: int = 3, now: dt.datetime = NOW):
    """Teams of 3 to 12 people who come and go and leave questions out. In one, leaders are told apart; in others, codes
    link people; one has a tag; one is deleted in the end. Rounds may be too small; answers are deleted on the way."""
    chance = random.Random(seed)
    made = EightRounds(database, home, chance.choice((4, 5)), now=now - ROUNDS * 30 * DAY - 400 * DAY)
    kind = kind_of_team()
    with database.writing() as session:
        organisation = session.get_one(Organisation, home.organisation)
        organisation.minimum_group, organisation.keep_answers_months = made.minimum, 6
        store_questionnaire(session, organisation_id=home.organisation, text=questionnaire_text())
        ids = {
            name: create_team(
                session,
                organisation_id=home.organisation,
                name=name,
                size=12,
                kind=kind.id,
                points=points_of_kind(kind, "es")[:2],
                now=made.now,
            ).id
            for name in ("Almacén", "Caja", "Taller", "Soporte")[:teams]
        }
        set_tags(session, organisation_id=home.organisation, team_id=ids["Almacén"], tags=["Norte"])
    people = {name: [f"{name} {at}" for at in range(chance.choice((7, 9, 12)))] for name in ids}
    for at in range(ROUNDS):
        made.now += (400 if at == ROUNDS - 2 else 30) * DAY
        delete_what_is_over(database, now=made.now)
        for number, (name, team_id) in enumerate(ids.items()):
            here = _who_answers(chance, people[name])
            _publish(made, name, team_id, here, chance, asks_role=number == 0, asks_code=number != 0, at=at)
            _look_over_teams(made)
    if teams > 2:
        with database.writing() as session:
            delete_team(
                session,
                organisation_id=home.organisation,
                team_id=ids["Caja"],
                typed="Caja",
                user_id=home.user,
                now=made.now,
            )
        _look_over_teams(made)
    return made


def _who_answers(chance: random.Random, people: list[str]) -> list[str]:
    """Most of those of the last time, and some who are new; now and then hardly anybody."""
    if chance.random() < 0.15:
        return chance.sample(people, 3)
    leaving, joining = chance.choice((0, 0, 0, 1, 2)), chance.choice((0, 0, 0, 1, 2, 5))
    for _ in range(leaving):
        if len(people) > 5:
            people.remove(chance.choice(people))
    people.extend(f"{people[0].split()[0]} {chance.randrange(10**6)}" for _ in range(min(joining, 12 - len(people))))
    return list(people)


def make_sheet(chance: random.Random, asked: Questionnaire, human: str, role: Role, *, may_skip: bool) -> AnswerSheet:
    usual = 2 + sum(map(ord, human)) % 3
    items: dict[str, Answer] = {}
    for pillar in asked.pillars:
        left_out = chance.random() < 0.15 and may_skip
        for item in pillar.items:
            items[item.id] = DK if left_out else min(5, max(1, usual + chance.choice((-1, 0, 0, 1, 2))))
    focus = tuple(sorted(chance.sample([pillar.id for pillar in asked.pillars], chance.choice((0, 1, 1, 2)))))
    ladder: dict[str, Answer] = {
        point.id: chance.randint(1, 6) for point in kind_of_team().points[:2] if chance.random() < 0.9
    }
    return AnswerSheet(role=role, items=items, ladder=ladder, focus=focus, comment="")


def _publish(
    made: EightRounds,
    team: str,
    team_id: uuid.UUID,
    here: Sequence[str],
    chance: random.Random,
    *,
    asks_role: bool,
    asks_code: bool,
    at: int,
) -> None:
    where = {"organisation_id": made.home.organisation}
    day, may_skip = made.now, chance.random() < 0.6
    with made.database.writing() as session:
        opened = open_round(
            session,
            organisation_id=made.home.organisation,
            team_id=team_id,
            name=f"Ronda {at + 1}",
            opens_at=day - DAY,
            closes_at=None,
            asks_role=asks_role,
            asks_code=asks_code,
            questionnaires=(QUESTIONS,),
            now=day - DAY,
        )
        asked = pinned_questionnaire(session, opened)
        story = Story(opened.id, team, [])
        for number, human in enumerate(here):
            role = Role.LEADER if asks_role and chance.random() < 0.45 else Role.STAFF
            code = human if asks_code and chance.random() < 0.95 else ""
            sheet, cookie = make_sheet(chance, asked, human, role, may_skip=may_skip), f"{opened.id}-{number}"
            save_draft(
                session,
                resolve_link(session, token=opened.link_token, cookie=cookie),
                cookie=cookie,
                sheet=sheet,
                now=day,
            )
            submit_response(
                session,
                resolve_link(session, token=opened.link_token, cookie=cookie),
                cookie=cookie,
                now=day,
                respondent=code,
            )
            story.answers.append(Answering(human, sheet, code))
    with made.database.writing() as session:
        stop_round(session, **where, round_id=story.id, now=day)
        publish_round(session, **where, round_id=story.id, now=day)
    with made.database.reading() as session:
        story.found = results(session, **where, round_id=story.id)
    made.stories.append(story)


def _look_over_teams(made: EightRounds) -> None:
    with made.database.reading() as session:
        found = read_portfolio(session, access=access_to(session, made.home), now=made.now)
        means = {pillar: over.mean for pillar, over in found.over.items()}
        made.over.append((made.now, means, [line.round_id for line in found.lines if line.round_id]))


# What is released, as rows


def released_rows(made: EightRounds) -> Iterator[tuple[str, Row]]:
    """Every figure that left the organisation, by where it stands."""
    shown: dict[uuid.UUID, Figures] = {}
    for story in made.stories:
        assert story.found
        shown[story.id] = figures = Figures(story, story.found.result, story.found.questionnaire)
        yield from figures.rows()
        if story.found.compared_with:
            yield from figures.changes(shown[story.found.compared_with.id])
    for when, means, latest in made.over:
        for pillar, mean in means.items():
            teams = [shown[id_] for id_ in latest if shown[id_].is_shown(pillar)]
            people = [score for team in teams for score in team.scores(pillar).values()]
            assert abs(float(sum(people) / len(people)) - mean) < 0.101  # made of means that are rounded, and rounded
            shares = [Fraction(len(team.scores(pillar)), len(people)) for team in teams]
            yield (
                f"over teams, {when:%Y-%m-%d}, {pillar}",
                plus(*zip(shares, (team.mean(pillar) for team in teams), strict=True)),
            )


@dataclass
class Figures:
    """What is shown of a round, beside what people answered."""

    story: Story
    result: TeamResult
    asked: Questionnaire

    def __post_init__(self) -> None:
        self.persons = self.story.persons(self.asked)
        self.pillars = {pillar.pillar: pillar for pillar in self.result.pillars}

    def is_shown(self, pillar: str) -> bool:
        return pillar in self.pillars and self.pillars[pillar].mean is not None

    def is_exact(self, pillar: str) -> bool:
        return self.is_shown(pillar) and self.asked.scale.bound_of(self.pillars[pillar].mean) is None

    def scores(self, pillar: str) -> dict[str, Fraction]:
        return {human: person.scores[pillar] for human, person in self.persons.items() if pillar in person.scores}

    @property
    def overalls(self) -> dict[str, Fraction]:
        return {human: person.overall for human, person in self.persons.items() if person.overall is not None}

    @property
    def is_complete(self) -> bool:
        """Whether everybody is in the overall and in each pillar, and each pillar is shown."""
        everybody = self.persons.keys()
        return self.overalls.keys() == everybody and all(
            self.scores(pillar).keys() == everybody and self.is_shown(pillar) for pillar in self.pillars
        )

    # Rows

    def score(self, human: str, pillar: str) -> Row:
        """A person's score as a sum of what was chosen where: 0 for the lowest answer, which is what is left."""
        sheet = self.persons[human].sheet
        items = next(each.items for each in self.asked.pillars if each.id == pillar)
        answered = [item.id for item in items if isinstance(sheet.items.get(item.id), int)]
        return {
            Answered(human, str(self.story.id), item, value): Fraction(value - 1, len(answered))
            for item in answered
            for value in range(2, self.asked.scale.size + 1)
        }

    def mean(self, pillar: str, among: Callable[[str], bool] = lambda human: True) -> Row:
        humans = [human for human in self.scores(pillar) if among(human)]
        return plus(*((Fraction(1, len(humans)), self.score(human, pillar)) for human in humans))

    def overall(self, humans: Sequence[str]) -> Row:
        parts = []
        for human in humans:
            own = self.persons[human].scores
            parts += [(Fraction(1, len(own) * len(humans)), self.score(human, pillar)) for pillar in own]
        return plus(*parts)

    def share(self, question: str, humans: Sequence[str]) -> Row:
        """How many of these said something."""
        return {Answered(human, str(self.story.id), question): Fraction(1) for human in humans}

    def rows(self) -> Iterator[tuple[str, Row]]:
        name, result = f"{self.story.team}, {self.story.id}", self.result
        if result.withheld:
            return
        for pillar in result.pillars:
            if self.is_exact(pillar.pillar):
                assert pillar.n == len(self.scores(pillar.pillar))
                assert abs(float(_mean(self.scores(pillar.pillar))) - (pillar.mean or 0)) < 0.051
                yield f"{name}, {pillar.pillar}", self.mean(pillar.pillar)
            for item, counts in (pillar.answer_counts or {}).items():
                yield from self._counts(f"{name}, {item}", item, counts, lambda person, of: person.sheet.items.get(of))
            for item, share in (pillar.dk_share or {}).items():
                if share is not None:
                    said = [human for human, person in self.persons.items() if item in person.sheet.items]
                    yield f"{name}, who does not know {item}", self.share(f"{item}?", said)
        overall = result.overall.mean
        follows = not self.is_complete and overall == self._overall_of_pillars
        if overall is not None and self.asked.scale.bound_of(overall) is None and not follows:
            yield f"{name}, overall", self.overall(list(self.overalls))
        for point in result.ladder:
            if point.counts:
                yield from self._counts(
                    f"{name}, {point.point}", point.point, point.counts, lambda person, of: person.sheet.ladder.get(of)
                )
        for pillar_id in result.focus:
            choosers = [human for human, person in self.persons.items() if person.sheet.focus]
            yield f"{name}, who chose {pillar_id}", self.share(f"focus {pillar_id}", choosers)
        for gap in result.gaps.leaders_staff:
            row = plus((1, self.mean(gap.pillar, self.is_leader)), (-1, self.mean(gap.pillar, self.is_staff)))
            yield f"{name}, leaders less staff, {gap.pillar}", row

    def is_leader(self, human: str) -> bool:
        return self.persons[human].is_leader

    def is_staff(self, human: str) -> bool:
        return not self.is_leader(human)

    @property
    def _overall_of_pillars(self) -> float:
        scale = self.asked.scale
        ends = {"low": (1 + scale.low_bound) / 2, "high": (scale.size + scale.high_bound) / 2}
        means = [one.mean for one in self.result.pillars if one.mean is not None]
        middles = [ends.get(scale.bound_of(mean) or "", mean) for mean in means]
        return as_read(sum(middles) / len(middles)) if middles else 0.0

    def _counts(
        self, name: str, question: str, counts: Sequence[int], answer: Callable[[Person, str], object]
    ) -> Iterator[tuple[str, Row]]:
        answers = {human: answer(person, question) for human, person in self.persons.items()}
        given = [human for human, value in answers.items() if isinstance(value, int)]
        assert len(given) == sum(counts)
        for value in range(2, len(counts) + 1):
            assert sum(answers[human] == value for human in given) == counts[value - 1]
            yield (
                f"{name} = {value}",
                {Answered(human, str(self.story.id), question, value): Fraction(1) for human in given},
            )

    def changes(self, earlier: Figures) -> Iterator[tuple[str, Row]]:
        """What moved since an earlier round, for everybody or for those whom codes link."""
        told, whole = [], None
        for change in self.result.change:
            if change.pillar == OVERALL:
                whole = change
                continue
            if change.label == "withheld":
                continue
            before, now = self._compared(earlier, change)
            exact = float(_mean(now) - _mean(before))
            told.append(as_read(exact) if change.difference is None else change.difference)
            if change.difference is not None:
                assert abs(change.difference - exact) < 0.051
                row = plus((1, _mean_row(self, change.pillar, now)), (-1, _mean_row(earlier, change.pillar, before)))
                yield f"{self.story.team}, {self.story.id}, change of {change.pillar}", row
        if whole is None or whole.difference is None:
            return
        before, now = self._compared(earlier, whole)
        sides = ((earlier, before), (self, now))
        is_complete = all(
            one.is_shown(pillar) and set(humans) <= one.scores(pillar).keys() and (whole.linked or one.is_complete)
            for one, humans in sides
            for pillar in one.pillars
        )
        if is_complete or not told or whole.difference != as_read(sum(told) / len(told)):
            row = plus((1, self.overall(list(now))), (-1, earlier.overall(list(before))))
            yield f"{self.story.team}, {self.story.id}, change of the overall", row

    def _compared(self, earlier: Figures, change: Change) -> tuple[dict[str, Fraction], dict[str, Fraction]]:
        def of(figures: Figures) -> dict[str, Fraction]:
            return figures.overalls if change.pillar == OVERALL else figures.scores(change.pillar)

        before, now = of(earlier), of(self)
        if change.linked:
            first, second = earlier.story.codes, self.story.codes
            pairs = [(first[code], second[code]) for code in second if code in first]
            both = [pair for pair in pairs if pair[0] in before and pair[1] in now]
            before, now = {one: before[one] for one, _ in both}, {one: now[one] for _, one in both}
        assert (change.n1, change.n2) == (len(before), len(now))
        return before, now


def _mean(scores: dict[str, Fraction]) -> Fraction:
    return sum(scores.values(), Fraction()) / len(scores)


def _mean_row(figures: Figures, pillar: str, scores: dict[str, Fraction]) -> Row:
    return figures.mean(pillar, lambda human: human in scores)
