"""Print a team's action plan straight from a responses file: the use case behind `escala plan`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from assessment.catalogue.catalogue import load_action_library, load_team_kinds
from assessment.domain import conventions as c
from assessment.domain.answers import TeamAnswers
from assessment.domain.change import Linking, Rounds, link
from assessment.domain.colours import DEFAULT_ACCENT
from assessment.domain.plans.proposal import NothingToPlan, draft_plan
from assessment.domain.privacy import release
from assessment.domain.questionnaire import PerceptionPoint
from assessment.domain.respondents import scored_people
from assessment.domain.result import TeamResult
from assessment.domain.scoring import score_team
from assessment.domain.since import Since, statement_moves
from assessment.infra.languages import Localisation, Paper
from assessment.infra.slugs import name_from_slug
from assessment.services.score_responses import ResponsesFiles
from reports.action_plan.build import build_pdf
from reports.action_plan.source import PlanSource


class TooFewAnswers(Exception):
    """A team under the minimum group: a document made for sharing would not be anonymous."""

    def __init__(self, team: str, scored: int, minimum_group: int) -> None:
        super().__init__(team)
        self.team = team
        self.scored = scored
        self.minimum_group = minimum_group


class NoPillars(Exception):
    """What was asked has no pillars, and a plan stands on them."""


@dataclass(frozen=True, slots=True)
class PrintOptions:
    """How a plan is printed. `printed_on` is also the day that due dates count from."""

    printed_on: dt.date
    minimum_group: int = c.MINIMUM_GROUP
    paper: Paper | None = None
    is_blank: bool = False
    organisation: str = ""
    accent: str = DEFAULT_ACCENT
    logo: str = ""


def print_plan(
    files: ResponsesFiles,
    team: str,
    reader: Localisation,
    options: PrintOptions,
    on_missing: Callable[[str], None] = lambda sign: None,
) -> bytes:
    """The action plan of one team as PDF; `on_missing` is called with each sign that no font of this machine has.

    Raises `UnknownTeamInFile`, `NoPillars` or `TooFewAnswers`.
    """
    return build_pdf(plan_source(files, team, reader, options), reader, on_missing)


def plan_source(files: ResponsesFiles, team: str, reader: Localisation, options: PrintOptions) -> PlanSource:
    """What the plan of one team is made of, released for sharing.

    Raises `UnknownTeamInFile`, `NoPillars` or `TooFewAnswers`.
    """
    answers = files.current.team(team)
    if not files.questionnaire.pillars:
        raise NoPillars
    rounds = _two_rounds(files, answers)
    scored = _score(files, answers, options.minimum_group)
    result = release(scored, files.questionnaire, minimum_group=options.minimum_group)
    known = {point.id: point for kind in load_team_kinds() for point in kind.points}
    try:
        plan = draft_plan(
            result,
            load_action_library(),
            scale=files.questionnaire.scale,
            drawn_on=options.printed_on,
            known_points=known,
        )
    except NothingToPlan:
        raise TooFewAnswers(answers.team, result.scored, options.minimum_group) from None
    return PlanSource(
        result=result,
        plan=plan,
        questionnaire=files.questionnaire,
        point_names={point: _point_name(point, known, reader) for point in answers.points},
        printed_on=options.printed_on,
        minimum_group=options.minimum_group,
        organisation=options.organisation,
        accent=options.accent,
        logo=options.logo,
        is_blank=options.is_blank,
        paper=options.paper,
        since=_since(files, answers, rounds, result, options.minimum_group) if rounds else None,
    )


def _two_rounds(files: ResponsesFiles, answers: TeamAnswers) -> Rounds | None:
    """The team's two rounds, where there are two whose answers people gave on their own."""
    earlier = files.earlier.get(answers.team)
    if earlier is None or not earlier.mode == answers.mode == "individual":
        return None
    return link(scored_people(earlier, files.questionnaire), scored_people(answers, files.questionnaire))


def _score(files: ResponsesFiles, answers: TeamAnswers, minimum_group: int) -> TeamResult:
    """The team's result; linked change only where it would single out nobody who joined or left."""
    return score_team(
        answers,
        files.questionnaire,
        minimum_group=minimum_group,
        previous=files.earlier.get(answers.team),
        linking=Linking.SAFE,
    )


def _since(
    files: ResponsesFiles,
    answers: TeamAnswers,
    rounds: Rounds,
    result: TeamResult,
    minimum_group: int,
) -> Since:
    """What the files tell of the time between. Where those who answered both times are compared, no averages of single
    statements stand beside: they would be everybody's."""
    if any(change.linked for change in result.change):
        n_before, n_now = len(rounds.before), len(rounds.after)
        return Since(answered_before=n_before, answered_now=n_now, joined=rounds.joiners, left=rounds.leavers)
    before = score_team(files.earlier[answers.team], files.questionnaire, minimum_group=minimum_group)
    released = release(before, files.questionnaire, minimum_group=minimum_group)
    return Since(
        answered_before=before.respondents,
        answered_now=result.respondents,
        statements=statement_moves(released, result, files.questionnaire.pillars_section),
    )


def _point_name(point: str, known: dict[str, PerceptionPoint], reader: Localisation) -> str:
    """The template's name, or the team's own id as words."""
    if point in known:
        return reader.text(known[point].name)
    return name_from_slug(point)
