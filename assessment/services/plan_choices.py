"""A plan's choices as the JSON document that the store keeps, and back."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from assessment.domain.plans.choices import PlanChoices

_CHOICES = TypeAdapter(PlanChoices)


def choices_to_document(choices: PlanChoices) -> dict[str, Any]:
    document: dict[str, Any] = _CHOICES.dump_python(choices, mode="json")
    return document


def choices_from_document(document: dict[str, Any]) -> PlanChoices:
    """Raises pydantic's `ValidationError` where the document holds no choices."""
    return _CHOICES.validate_python(document)
