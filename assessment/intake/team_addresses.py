"""Lists of people of several teams: a team and an address a row, pasted or in a CSV or XLSX file.

Columns are found by their headers, in either language. Without headers the team comes first, then the address, and a
name and a language may follow. Which team is meant is decided by whoever takes the list.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from assessment.intake.addresses import (
    HEADERS,
    MOST_READ,
    GivenAddress,
    has_address,
    of_cells,
    of_columns,
    rows_of_file,
    under_headers,
)
from assessment.intake.grid import Row
from assessment.intake.text import one_line

_TEAM = frozenset({"equipo", "equipos", "nombre del equipo", "team", "teams", "team name", "name of the team"})


@dataclass(frozen=True, slots=True)
class GivenTeamAddress:
    """What stands for a person of a team, whose name is as it was written; empty where the row names none."""

    team: str
    person: GivenAddress


def read_pasted_team_addresses(text: str) -> list[GivenTeamAddress]:
    """A row a line, with tabs (as spreadsheets copy), semicolons or commas between team, address, name and language."""
    return _of_rows(Row(number, tuple(_cells(line))) for number, line in enumerate(text.splitlines(), 1))


def read_team_address_file(data: bytes) -> list[GivenTeamAddress]:
    """The people of a CSV or XLSX file. Raises `InvalidFile`."""
    return _of_rows(rows_of_file(data, HEADERS | _TEAM))


def _cells(line: str) -> list[str]:
    for separator in "\t;,":
        if separator in line:
            try:
                return next(csv.reader([line], delimiter=separator, skipinitialspace=True), [])
            except csv.Error:
                return line.split(separator)
    before, colon, after = line.partition(":")
    if colon and "@" not in before:
        return [before, after]
    tokens = line.split()
    return [" ".join(token for token in tokens if "@" not in token), *(token for token in tokens if "@" in token)]


def _of_rows(rows: Iterable[Row]) -> list[GivenTeamAddress]:
    found = (
        _of_columns(line, cells, headers) if headers else _of_cells(line, cells)
        for line, cells, headers in under_headers(rows, _is_header)
    )
    return list(islice(chain.from_iterable(found), MOST_READ))


def _of_columns(number: int, cells: Sequence[str], headers: Sequence[str]) -> list[GivenTeamAddress]:
    """A row under headers, one of which is that of teams."""
    at = next(index for index, header in enumerate(headers) if header in _TEAM)
    team = one_line(cells[at]) if at < len(cells) else ""
    person = of_columns(number, cells, headers)
    return [GivenTeamAddress(team, person)]


def _of_cells(number: int, cells: Sequence[str]) -> list[GivenTeamAddress]:
    """A row without headers: what stands before the first address is the team, unless it is the address already."""
    first, rest = ("", list(cells)) if "@" in cells[0] else (one_line(cells[0]), list(cells[1:]))
    addresses = [cell for cell in rest if "@" in cell]
    if len(addresses) > 1:
        return [GivenTeamAddress(first, of_cells(number, [address])) for address in addresses]
    person = of_cells(number, rest)
    if not person.address:
        person = GivenAddress(number, "", " ".join(filter(None, cells)))
    return [GivenTeamAddress(first, person)]


def _is_header(cells: Sequence[str], headers: Sequence[str]) -> bool:
    is_named = any(header in _TEAM for header in headers) and has_address(headers)
    return is_named and not any("@" in cell for cell in cells)
