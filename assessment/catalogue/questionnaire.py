"""The file of a questionnaire: `questionnaires/<id>/v<version>.yaml`, a list of sections."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from assessment.catalogue.fields import Both, Content, Slug, broken, no_repeats
from assessment.catalogue.sections.choice import ChoiceContent
from assessment.catalogue.sections.focus import FocusContent
from assessment.catalogue.sections.ladder import LadderContent
from assessment.catalogue.sections.rubrics import RubricsContent
from assessment.catalogue.sections.section import SectionContent
from assessment.catalogue.sections.statements import StatementsContent
from assessment.catalogue.sections.text import TextContent
from assessment.domain.answers import COMMENT
from assessment.domain.questionnaire import Questionnaire
from assessment.infra.languages import N_

AnySection = Annotated[
    StatementsContent | RubricsContent | LadderContent | ChoiceContent | FocusContent | TextContent,
    Field(discriminator="kind"),
]

RESERVED = frozenset({"team", "role", "respondent", "welcome", "send", "thanks", "another"})
"""Columns of a responses file and pages of answering that belong to no section."""
OF_ONE_KIND = {"focus": "focus", "ladder": "ladder", COMMENT: "text"}
"""Ids that mean the same in every questionnaire, and so only one kind of section may have."""


class QuestionnaireContent(Content):
    """What is asked, section by section, in the order in which it is asked."""

    schema_: Literal["escala.questionnaire/2"] = Field(alias="schema")
    id: Slug
    version: int = Field(ge=1)
    title: Both
    introduction: Both
    sections: list[AnySection] = Field(min_length=1, max_length=12)

    @model_validator(mode="after")
    def _sound(self) -> QuestionnaireContent:
        self._check_ids()
        for language in ("es", "en"):
            no_repeats(
                (getattr(text, language).casefold(), ("sections", at, *place, language))
                for at, section in enumerate(self.sections)
                for text, place in section.statements()
            )
        self._check_once()
        return self

    def _check_ids(self) -> None:
        no_repeats(
            (id_, ("sections", at, *place)) for at, section in enumerate(self.sections) for id_, place in section.ids()
        )
        for at, section in enumerate(self.sections):
            for id_, place in section.ids():
                is_other_kind = id_ in OF_ONE_KIND and (id_ != section.id or OF_ONE_KIND[id_] != section.kind)
                if id_ in RESERVED or is_other_kind:
                    raise broken(
                        N_("“%(id)s” has a meaning of its own in Escala: choose another id."),
                        *("sections", at, *place),
                        id=id_,
                    )

    def _check_once(self) -> None:
        seen: set[str] = set()
        for at, section in enumerate(self.sections):
            if (once := section.asked_once) and once in seen:
                raise broken(
                    N_("A questionnaire has only one section of “%(what)s”: leave one."), "sections", at, what=once
                )
            seen.add(section.asked_once)
            if section.asked_once == "focus" and not any(other.asked_once == "pillars" for other in self.sections):
                raise broken(
                    N_("“focus” asks for pillars, and no section has them: write “are_pillars: true” in theirs."),
                    *("sections", at),
                )

    def build(self, checksum: str) -> Questionnaire:
        return Questionnaire(
            id=self.id,
            version=self.version,
            checksum=checksum,
            title=self.title.text(),
            introduction=self.introduction.text(),
            sections=tuple(section.build() for section in self.sections),
        )


__all__ = ["QuestionnaireContent", "SectionContent"]
