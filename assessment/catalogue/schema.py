"""The schemas of the content files: what each may hold.

Questionnaires have modules of their own (`questionnaire`, `sections`); team kinds and actions are here.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from assessment.catalogue import limits
from assessment.catalogue.fields import Both, Content, Slug, between, broken, no_repeats
from assessment.catalogue.format_1 import QuestionnaireContent1
from assessment.catalogue.questionnaire import QuestionnaireContent
from assessment.domain.actions import Effort
from assessment.domain.questionnaire import Phase
from assessment.infra.languages import N_

PointName = Annotated[Both, AfterValidator(between(limits.POINT_NAME))]
PointDescribed = Annotated[Both, AfterValidator(between(limits.POINT_DESCRIBED))]


class PointContent(Content):
    id: Slug
    phase: Phase
    name: PointName
    described: PointDescribed


class TeamKindContent(Content):
    id: Slug
    name: Both
    points: list[PointContent] = Field(min_length=3, max_length=12)

    @model_validator(mode="after")
    def _sound(self) -> TeamKindContent:
        no_repeats((point.id, ("points", at, "id")) for at, point in enumerate(self.points))
        order = ["beginning", "middle", "end"]
        phases = [order.index(point.phase) for point in self.points]
        message = N_("The points must go through beginning, middle and end, in this order.")
        for at in range(1, len(phases)):
            if phases[at] < phases[at - 1]:
                raise broken(message, "points", at, "phase")
        if set(phases) != {0, 1, 2}:
            raise broken(message, "points")
        return self


class TeamKindsContent(Content):
    """`questionnaires/team-kinds/v<version>.yaml`."""

    schema_: Literal["escala.team-kinds/1"] = Field(alias="schema")
    kinds: list[TeamKindContent] = Field(min_length=1)

    @model_validator(mode="after")
    def _sound(self) -> TeamKindsContent:
        no_repeats((kind.id, ("kinds", at, "id")) for at, kind in enumerate(self.kinds))
        names: dict[str, Both] = {}
        for at, kind in enumerate(self.kinds):
            for within, point in enumerate(kind.points):
                if names.setdefault(point.id, point.name) != point.name:
                    raise broken(
                        N_("The point “%(point)s” has two different names: give it one."),
                        *("kinds", at, "points", within, "name"),
                        point=point.id,
                    )
        return self


class ActionContent(Content):
    id: Slug
    title: Annotated[Both, AfterValidator(between(limits.ACTION_TITLE))]
    what: Annotated[Both, AfterValidator(between(limits.ACTION_WHAT))]
    why: Annotated[Both, AfterValidator(between(limits.ACTION_WHY))]
    first_step: Annotated[Both, AfterValidator(between(limits.ACTION_FIRST_STEP))]
    owner: Annotated[Both, AfterValidator(between(limits.ACTION_OWNER))]
    measure: Annotated[Both, AfterValidator(between(limits.ACTION_MEASURE))]
    effort: Effort
    due_days: int = Field(ge=7, le=90)


class PillarActionContent(ActionContent):
    levels: list[int]

    @model_validator(mode="after")
    def _band(self) -> PillarActionContent:
        if self.levels not in ([1, 2], [3], [4, 5]):
            raise broken(N_("The levels must be [1, 2], [3] or [4, 5]."), "levels")
        return self


class PillarActionsContent(Content):
    """`questionnaires/actions/<pillar>.yaml`."""

    schema_: Literal["escala.actions/1"] = Field(alias="schema")
    pillar: Slug
    conversation: ActionContent
    actions: list[PillarActionContent]

    @model_validator(mode="after")
    def _sound(self) -> PillarActionsContent:
        ids = ((action.id, ("actions", at, "id")) for at, action in enumerate(self.actions))
        no_repeats([(self.conversation.id, ("conversation", "id")), *ids])
        for band in ([1, 2], [3], [4, 5]):
            if sum(action.levels == band for action in self.actions) < 2:
                raise broken(N_("The levels %(band)s need at least two actions."), "actions", band=band)
        return self


class MoveContent(ActionContent):
    from_: int = Field(alias="from", ge=1, le=6)
    phase: Phase


class LadderMovesContent(Content):
    """`questionnaires/actions/ladder.yaml`."""

    schema_: Literal["escala.ladder-moves/1"] = Field(alias="schema")
    moves: list[MoveContent]

    @model_validator(mode="after")
    def _sound(self) -> LadderMovesContent:
        no_repeats((move.id, ("moves", at, "id")) for at, move in enumerate(self.moves))
        for step in range(1, 7):
            for phase in ("beginning", "middle", "end"):
                if not any(move.from_ == step and move.phase == phase for move in self.moves):
                    raise broken(
                        N_("There is no move from step %(step)s for the phase “%(phase)s”."),
                        "moves",
                        step=step,
                        phase=phase,
                    )
        return self


class PrivacyLawContent(Content):
    id: Slug
    name: Both
    countries: list[str]
    basis: Both
    rights: list[Both] = Field(min_length=1)
    how: Both
    authority: Both
    to_check: list[Both] = Field(min_length=1)


class PrivacyNoticesContent(Content):
    """`questionnaires/privacy-notices/v<version>.yaml`: templates by law, the last one for all other countries."""

    schema_: Literal["escala.privacy-notices/1"] = Field(alias="schema")
    laws: list[PrivacyLawContent] = Field(min_length=1)

    @model_validator(mode="after")
    def _sound(self) -> PrivacyNoticesContent:
        no_repeats((law.id, ("laws", at, "id")) for at, law in enumerate(self.laws))
        no_repeats(
            (country, ("laws", at, "countries", within))
            for at, law in enumerate(self.laws)
            for within, country in enumerate(law.countries)
        )
        return self


class AgendaStepContent(Content):
    minutes: int = Field(ge=1, le=120)
    title: Both
    do: Both
    say: Both | None = None


class AgendaContent(Content):
    id: Slug
    name: Both
    minutes: int = Field(ge=1)
    about: Both
    answers: Literal["statements", "descriptions"]
    steps: list[AgendaStepContent] = Field(min_length=1)

    @model_validator(mode="after")
    def _sound(self) -> AgendaContent:
        if (total := sum(step.minutes for step in self.steps)) != self.minutes:
            raise broken(
                N_("The steps take %(total)s minutes together, not %(minutes)s."),
                "minutes",
                total=total,
                minutes=self.minutes,
            )
        return self


class DifficultyContent(Content):
    when: Both
    do: Both
    say: Both | None = None


class FacilitationContent(Content):
    """`questionnaires/facilitation/v<version>.yaml`: what whoever leads a workshop is told."""

    schema_: Literal["escala.facilitation/1"] = Field(alias="schema")
    aim: Both
    agendas: list[AgendaContent] = Field(min_length=1)
    difficulties: list[DifficultyContent] = Field(min_length=1)
    materials: list[Both] = Field(min_length=1)
    room: list[Both] = Field(min_length=1)
    network: list[Both] = Field(min_length=1)
    votes: list[Both] = Field(min_length=1)
    closing: list[Both] = Field(min_length=1)

    @model_validator(mode="after")
    def _sound(self) -> FacilitationContent:
        no_repeats((agenda.id, ("agendas", at, "id")) for at, agenda in enumerate(self.agendas))
        return self


SCHEMAS: dict[str, type[Content]] = {
    "escala.questionnaire/2": QuestionnaireContent,
    "escala.questionnaire/1": QuestionnaireContent1,
    "escala.team-kinds/1": TeamKindsContent,
    "escala.privacy-notices/1": PrivacyNoticesContent,
    "escala.facilitation/1": FacilitationContent,
    "escala.actions/1": PillarActionsContent,
    "escala.ladder-moves/1": LadderMovesContent,
}
