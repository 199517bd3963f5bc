"""Statements in groups."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator

from assessment.catalogue import limits
from assessment.catalogue.fields import Both, between
from assessment.catalogue.sections.groups import GroupedContent, ItemContent
from assessment.domain.sections.groups import GroupedSection
from assessment.domain.sections.statements import StatementsSection


class StatementContent(ItemContent):
    text: Annotated[Both, AfterValidator(between(limits.STATEMENT))]


class StatementsContent(GroupedContent[StatementContent]):
    section_class: ClassVar[type[GroupedSection]] = StatementsSection
    kind: Literal["statements"]
