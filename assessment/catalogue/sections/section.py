"""What every kind of section may hold."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator

from pydantic import Field

from assessment.catalogue.fields import Both, Content, Place, Slug
from assessment.domain.conventions import MINIMUM_GROUP_FLOOR
from assessment.domain.sections.section import Section
from assessment.domain.texts import Text


class SectionContent(Content):
    """`minimum_group` raises the minimum group of a round for this section; it never lowers it."""

    id: Slug
    title: Both | None = None
    minimum_group: int = Field(default=0, ge=MINIMUM_GROUP_FLOOR, le=100)

    @property
    def heading(self) -> Text | None:
        return self.title.text() if self.title else None

    @abstractmethod
    def build(self) -> Section:
        """The section of the domain."""

    def ids(self) -> Iterator[tuple[str, Place]]:
        """Every id that no other section of the questionnaire may use, with its place in the section."""
        yield self.id, ("id",)

    def statements(self) -> Iterator[tuple[Both, Place]]:
        """Texts that a responses file may have as headers: none may stand for two columns."""
        yield from ()

    @property
    def asked_once(self) -> str:
        """What a questionnaire may have only one of, or nothing."""
        return ""
