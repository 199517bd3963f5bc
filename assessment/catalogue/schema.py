"""The one schema of the content files: what each may hold, and the rules that no type can say.

A rule that fails raises a message for translation with its values; `loader` adds file, line and field.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from assessment.catalogue import limits
from assessment.domain.actions import Effort
from assessment.domain.questionnaire import Phase
from assessment.infra.languages import N_

Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=60)]
Words = Annotated[str, Field(min_length=1, max_length=600)]


BROKEN_RULE = "broken_rule"
PLACE = "place"

Place = tuple[str | int, ...]
"""Where in the checked object a rule is broken, as `("points", 2, "id")`: pydantic itself only knows the object."""


def broken(message: str, *place: str | int, **values: object) -> PydanticCustomError:
    """A rule's failure: pydantic leaves the `%(name)s` places of the message alone and keeps the values beside it."""
    return PydanticCustomError(
        BROKEN_RULE, message, {name: str(value) for name, value in values.items()} | {PLACE: place}
    )


class Content(BaseModel):
    """Base of all content: nothing unknown, nothing converted (`1` is no text and "1" no number)."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Both(Content):
    """A text in both languages."""

    es: Words
    en: Words

    @model_validator(mode="after")
    def _trimmed(self) -> Both:
        for language, text in (("es", self.es), ("en", self.en)):
            if text != " ".join(text.split()):
                raise broken(N_("The text has stray spaces or line breaks: remove them."), language)
        return self


def _between(bounds: tuple[int, int], *place: str) -> Callable[[Both], Both]:
    low, high = bounds

    def check(text: Both) -> Both:
        for language, words in (("es", text.es), ("en", text.en)):
            if not low <= len(words) <= high:
                raise broken(
                    N_("The %(language)s text has %(length)s characters; %(low)s to %(high)s are allowed: reword it."),
                    *place,
                    language,
                    language=language,
                    length=len(words),
                    low=low,
                    high=high,
                )
        return text

    return check


RubricLevel = Annotated[Both, AfterValidator(_between(limits.RUBRIC_LEVEL))]
Summary = Annotated[Both, AfterValidator(_between(limits.SUMMARY))]
ShortName = Annotated[Both, AfterValidator(_between(limits.SHORT_NAME))]
Lived = Annotated[Both, AfterValidator(_between(limits.LIVED))]
PointName = Annotated[Both, AfterValidator(_between(limits.POINT_NAME))]
PointDescribed = Annotated[Both, AfterValidator(_between(limits.POINT_DESCRIBED))]


def _no_repeats(values: Iterable[tuple[object, Place]]) -> None:
    """Values beside their places; the second of two equal ones is told."""
    seen = set()
    for value, place in values:
        if value in seen:
            raise broken(N_("“%(value)s” occurs more than once: keep one of them or rename it."), *place, value=value)
        seen.add(value)


def _counts_from_one(values: Sequence[int], name: str) -> None:
    for at, value in enumerate(values):
        if value != at + 1:
            raise broken(N_("The values must be 1, 2, 3 and so on, in this order."), name, at, "value")


class ScalePointContent(Content):
    value: int
    label: Both


class ScaleContent(Content):
    question: Both
    points: list[ScalePointContent] = Field(min_length=2, max_length=10)
    dont_know: Both

    @model_validator(mode="after")
    def _in_order(self) -> ScaleContent:
        _counts_from_one([point.value for point in self.points], "points")
        for language in ("es", "en"):
            _no_repeats(
                (getattr(point.label, language).casefold(), ("points", at, "label", language))
                for at, point in enumerate(self.points)
            )
        return self


class RubricLevelContent(Content):
    value: int
    text: RubricLevel


class ItemContent(Content):
    """A statement, or with `levels` a rubric, whose stem may be shorter."""

    id: Slug
    text: Both
    levels: list[RubricLevelContent] = Field(default_factory=list)

    @model_validator(mode="after")
    def _sound(self) -> ItemContent:
        _between(limits.RUBRIC_STEM if self.levels else limits.STATEMENT, "text")(self.text)
        _counts_from_one([level.value for level in self.levels], "levels")
        return self


class PillarContent(Content):
    id: Slug
    name: Both
    short_name: ShortName
    summary: Summary
    items: list[ItemContent] = Field(min_length=1, max_length=12)


class StepContent(Content):
    value: int
    id: Slug
    name: Both
    label: Both
    lived: Lived


class LadderContent(Content):
    question: Both
    point_gloss: Both
    levels: list[StepContent] = Field(min_length=6, max_length=6)

    @model_validator(mode="after")
    def _in_order(self) -> LadderContent:
        _counts_from_one([step.value for step in self.levels], "levels")
        _no_repeats((step.id, ("levels", at, "id")) for at, step in enumerate(self.levels))
        return self


class FocusContent(Content):
    question: Both
    at_most: int = Field(ge=1, le=12)


class CommentContent(Content):
    question: Both
    warning: Both


class QuestionnaireContent(Content):
    """`questionnaires/<id>/v<version>.yaml`."""

    schema_: Literal["escala.questionnaire/1"] = Field(alias="schema")
    id: Slug
    version: int = Field(ge=1)
    title: Both
    introduction: Both
    scale: ScaleContent
    pillars: list[PillarContent] = Field(min_length=1)
    ladder: LadderContent
    focus: FocusContent
    comment: CommentContent

    @model_validator(mode="after")
    def _sound(self) -> QuestionnaireContent:
        _no_repeats((pillar.id, ("pillars", at, "id")) for at, pillar in enumerate(self.pillars))
        places: list[tuple[PillarContent, ItemContent, Place]] = [
            (pillar, item, ("pillars", at, "items", within))
            for at, pillar in enumerate(self.pillars)
            for within, item in enumerate(pillar.items)
        ]
        _no_repeats((item.id, (*place, "id")) for _, item, place in places)
        for language in ("es", "en"):
            _no_repeats(
                (getattr(item.text, language).casefold(), (*place, "text", language)) for _, item, place in places
            )
        for pillar, item, place in places:
            if not item.id.startswith(f"{pillar.id}-"):
                raise broken(
                    N_("The item “%(item)s” must begin with its pillar's id: “%(pillar)s-”."),
                    *place,
                    "id",
                    item=item.id,
                    pillar=pillar.id,
                )
            if item.levels and len(item.levels) != len(self.scale.points):
                raise broken(
                    N_("The rubric “%(item)s” must describe all %(levels)s levels of the scale."),
                    *place,
                    "levels",
                    item=item.id,
                    levels=len(self.scale.points),
                )
        return self


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
        _no_repeats((point.id, ("points", at, "id")) for at, point in enumerate(self.points))
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
        _no_repeats((kind.id, ("kinds", at, "id")) for at, kind in enumerate(self.kinds))
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
    title: Annotated[Both, AfterValidator(_between(limits.ACTION_TITLE))]
    what: Annotated[Both, AfterValidator(_between(limits.ACTION_WHAT))]
    why: Annotated[Both, AfterValidator(_between(limits.ACTION_WHY))]
    first_step: Annotated[Both, AfterValidator(_between(limits.ACTION_FIRST_STEP))]
    owner: Annotated[Both, AfterValidator(_between(limits.ACTION_OWNER))]
    measure: Annotated[Both, AfterValidator(_between(limits.ACTION_MEASURE))]
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
        _no_repeats([(self.conversation.id, ("conversation", "id")), *ids])
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
        _no_repeats((move.id, ("moves", at, "id")) for at, move in enumerate(self.moves))
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


SCHEMAS: dict[str, type[Content]] = {
    "escala.questionnaire/1": QuestionnaireContent,
    "escala.team-kinds/1": TeamKindsContent,
    "escala.actions/1": PillarActionsContent,
    "escala.ladder-moves/1": LadderMovesContent,
}
