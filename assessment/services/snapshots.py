"""The frozen result of a published round: a TeamResult as a JSON document, and back, exactly."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from pydantic import TypeAdapter

from assessment.domain.result import TeamResult

_RESULT = TypeAdapter(TeamResult)


def result_to_snapshot(result: TeamResult) -> dict[str, Any]:
    return asdict(result)


def result_from_snapshot(snapshot: dict[str, Any]) -> TeamResult:
    """Raises pydantic's `ValidationError` where the document is no result.

    PostgreSQL keeps the keys of a document in an order of its own; the pillars come back in theirs.
    """
    result = _RESULT.validate_python(snapshot)
    order = [pillar.pillar for pillar in result.pillars if pillar.pillar in result.focus]
    return replace(result, focus={pillar: result.focus[pillar] for pillar in order})
