"""The invented organisations that Escala can be tried with: what their teams tend to answer, as data."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field
from ruamel.yaml import YAML

from assessment.domain.questionnaire import Language
from assessment.domain.rounds import RoundMode, RoundState
from assessment.infra.resources import data_folder

Score = Annotated[float, Field(ge=1, le=5)]
Step = Annotated[float, Field(ge=1, le=6)]


class _Content(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SampleAction(_Content):
    """An action in a team's own words."""

    title: str
    what: str
    measure: str
    due_days: int


class SamplePlan(_Content):
    """A plan that was drawn so many days ago, of which the first actions are done, and the next is stuck if there is a
    note about it, or under way.

    `notes` are what somebody wrote down about actions, by their ids in the library. `own_move` is what the team does
    about its moment once it has tried all that the library has for it.
    """

    drawn_days_ago: int = Field(ge=0)
    done: int = Field(ge=0)
    is_printed: bool
    stuck: str = ""
    notes: dict[str, str] = {}
    own_move: SampleAction | None = None


class SampleRound(_Content):
    """A round, and what people answer about: `usual` where nothing else is said.

    In a pillar that is `split` one half of the team answers near 1 and the other near 5. `ending` is the state that
    the round is left in.
    """

    name: str
    mode: RoundMode = RoundMode.ANSWERED
    opened_days_ago: int
    answers: int = 0
    leaders: int = 0
    usual: Score = 3
    pillars: dict[str, Score] = {}
    split: tuple[str, ...] = ()
    usual_step: Step = 3
    steps: dict[str, Step] = {}
    focus: tuple[str, ...] = ()
    comments: tuple[str, ...] = ()
    ending: RoundState
    plan: SamplePlan | None = None


class SampleTeam(_Content):
    name: str
    kind: str
    size: int
    tags: tuple[str, ...] = ()
    rounds: tuple[SampleRound, ...] = ()


class SampleOrganisation(_Content):
    """`seed` makes the drawn answers the same each time. `first_visit` marks the one of its language that is made while
    somebody waits, on the first visit. `people` take on actions."""

    name: str
    first_visit: bool
    country: str
    language: Literal["es", "en"]
    seed: int
    people: tuple[str, ...]
    teams: tuple[SampleTeam, ...]


@cache
def load_samples() -> tuple[SampleOrganisation, ...]:
    """All of them, by the name of their file."""
    paths = sorted((data_folder("examples") / "organisations").glob("*.yaml"))
    return tuple(
        SampleOrganisation.model_validate(YAML(typ="safe", pure=True).load(path.read_text("utf-8"))) for path in paths
    )


def sample_of_first_visit(language: Language) -> SampleOrganisation:
    """The one that is shown to a visitor who reads this language."""
    return next(sample for sample in load_samples() if sample.first_visit and sample.language == language)
