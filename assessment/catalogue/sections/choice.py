"""A choice between vignettes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from assessment.catalogue import limits
from assessment.catalogue.fields import Both, Content, Place, Slug, between, no_repeats
from assessment.catalogue.sections.section import SectionContent
from assessment.domain.sections.choice import ChoiceSection, Option


class OptionContent(Content):
    """A vignette: `name` for results, `text` as respondents read it."""

    id: Slug
    name: Annotated[Both, AfterValidator(between(limits.OPTION_NAME))]
    text: Annotated[Both, AfterValidator(between(limits.OPTION_TEXT))]


class ChoiceContent(SectionContent):
    kind: Literal["choice"]
    title: Both
    question: Both
    options: list[OptionContent] = Field(min_length=2, max_length=8)

    @model_validator(mode="after")
    def _apart(self) -> ChoiceContent:
        no_repeats((option.id, ("options", at, "id")) for at, option in enumerate(self.options))
        for part in ("name", "text"):
            for language in ("es", "en"):
                no_repeats(
                    (getattr(getattr(option, part), language).casefold(), ("options", at, part, language))
                    for at, option in enumerate(self.options)
                )
        return self

    def statements(self) -> Iterator[tuple[Both, Place]]:
        yield self.question, ("question",)

    def build(self) -> ChoiceSection:
        return ChoiceSection(
            id=self.id,
            title=self.heading,
            minimum_group=self.minimum_group,
            question=self.question.text(),
            options=tuple(Option(option.id, option.name.text(), option.text.text()) for option in self.options),
        )
