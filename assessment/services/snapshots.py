"""The frozen result of a published round: a TeamResult as a JSON document, and back, exactly.

A document says in `format` what shape it has. A change of the shape of TeamResult is a new format: `FORMAT` grows by
one, and `_UPCASTERS` gains the step from the last one, so that every snapshot ever frozen stays readable.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from typing import Any

from pydantic import TypeAdapter

from assessment.domain.result import TeamResult

FORMAT = 4

_RESULT = TypeAdapter(TeamResult)


class UnknownSnapshotFormat(ValueError):
    """The snapshot was frozen by a later version of Escala: reading it could lose what this one does not know."""


def result_to_snapshot(result: TeamResult) -> dict[str, Any]:
    return {"format": FORMAT, **asdict(result)}


def result_from_snapshot(snapshot: dict[str, Any]) -> TeamResult:
    """Raises `UnknownSnapshotFormat`, or pydantic's `ValidationError` where the document is no result.

    PostgreSQL keeps the keys of a document in an order of its own; the pillars come back in theirs.
    """
    result = _RESULT.validate_python(_upcast(snapshot))
    order = [pillar.pillar for pillar in result.pillars if pillar.pillar in result.focus]
    return replace(result, focus={pillar: result.focus[pillar] for pillar in order})


def _upcast(snapshot: dict[str, Any]) -> dict[str, Any]:
    """The same document in today's format, without its mark. Documents of format 1 have no mark."""
    document = dict(snapshot)
    snapshot_format = document.pop("format", 1)
    if snapshot_format not in range(1, FORMAT + 1):
        raise UnknownSnapshotFormat(snapshot_format)
    for step in range(snapshot_format, FORMAT):
        document = _UPCASTERS[step](document)
    return document


def _add_sections(document: dict[str, Any]) -> dict[str, Any]:
    """Format 1 knew pillars, ladder and focus alone."""
    return {"sections": {}, **document}


def _add_number_of_choosers(document: dict[str, Any]) -> dict[str, Any]:
    """Format 2 did not know of how many people the shares of what matters most are, which decides whether they are
    shown: the fewest that they can be of."""
    shares: dict[str, float] = document.get("focus") or {}
    return {**document, "focus_n": _fewest_people(list(shares.values()), document["scored"]) if shares else None}


def _add_by_link(document: dict[str, Any]) -> dict[str, Any]:
    """Format 3 did not tell answers by link from typed sheets."""
    return {**document, "by_link": None}


def _fewest_people(shares: Sequence[float], at_most: int) -> int:
    if not any(shares):
        return 0
    counts = ([share * people for share in shares] for people in range(1, at_most + 1))
    whole = (all(abs(count - round(count)) < _WHOLE for count in of_people) for of_people in counts)
    return next((people for people, is_whole in enumerate(whole, start=1) if is_whole), 0)


_WHOLE = 1e-6
_UPCASTERS: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {
    1: _add_sections,
    2: _add_number_of_choosers,
    3: _add_by_link,
}
"""By the format that each step starts from."""
