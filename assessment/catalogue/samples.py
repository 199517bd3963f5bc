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


class SamplePlan(_Content):
    """A plan that was drawn so many days ago, of which the first actions are done."""

    drawn_days_ago: int = Field(ge=0)
    done: int = Field(ge=0)
    is_printed: bool


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
    rounds: tuple[SampleRound, ...] = ()


class SampleOrganisation(_Content):
    """`seed` makes the drawn answers the same each time."""

    name: str
    country: str
    language: Literal["es", "en"]
    seed: int
    teams: tuple[SampleTeam, ...]


@cache
def load_samples() -> dict[Language, SampleOrganisation]:
    """The sample organisation of each language."""
    samples = {}
    for path in sorted((data_folder("examples") / "organisations").glob("*.yaml")):
        sample = SampleOrganisation.model_validate(YAML(typ="safe", pure=True).load(path.read_text("utf-8")))
        samples[sample.language] = sample
    return samples
