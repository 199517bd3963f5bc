"""Lists of people with their e-mail addresses, as they are pasted from mail programs and spreadsheets, or in a file.

What is an address is decided by whoever takes them: here they are found, each with a name and a language where those
are said. Nothing is read beyond `MOST_READ` of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from assessment.intake.files import read_grid
from assessment.intake.grid import Row
from assessment.intake.problems import InvalidFile, UnreadableTable
from assessment.intake.text import fold, trim
from assessment.intake.text import words as words_of
from assessment.intake.xlsx_rows import Limits

LIMITS = Limits(unpacked_mb=5, cells=100_000)
MOST_READ = 10_000
_ADDRESS = frozenset(
    {
        "correo",
        "correos",
        "correo electronico",
        "direccion de correo",
        "direccion de correo electronico",
        "direccion",
        "mail",
        "e mail",
        "email",
        "email address",
        "e mail address",
        "address",
    }
)
_NAME = frozenset({"nombre", "nombres", "nombre completo", "nombre y apellido", "persona", "name", "full name"})
_FIRST_NAME = frozenset({"first name", "given name", "primer nombre"})
_LAST_NAME = frozenset({"apellido", "apellidos", "last name", "surname", "family name"})
_LANGUAGE = frozenset({"idioma", "lengua", "language", "lang"})
HEADERS = _ADDRESS | _NAME | _FIRST_NAME | _LAST_NAME | _LANGUAGE
_SPANISH = frozenset({"es", "espanol", "castellano", "spanish"})
_ENGLISH = frozenset({"en", "ingles", "english"})
_QUOTED_OR_CELL = re.compile(r'"[^"]*"[^,;\t]*|[^,;\t]+')
_PIECES = re.compile(r'(?:"[^"]*"|[^;"])+')


@dataclass(frozen=True, slots=True)
class GivenAddress:
    """What stands for a person: `row` counts lines from 1; `address` is empty where the row has none.

    `words` is the row, or its part, as it was given. `language` is empty where none was said that we have.
    """

    row: int
    address: str
    words: str
    name: str = ""
    language: str = ""


def read_pasted_addresses(text: str) -> list[GivenAddress]:
    """One person a line, or several divided by commas or semicolons; `Name <address>` or cells of a spreadsheet."""
    found: list[GivenAddress] = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            found += _of_line(number, line)
        if len(found) > MOST_READ:
            break
    return found[:MOST_READ]


def read_address_file(data: bytes) -> list[GivenAddress]:
    """The people of a CSV or XLSX file, with a row of headers or without. Raises `InvalidFile`."""
    rows = under_headers(rows_of_file(data, HEADERS), _is_header)
    found = (
        of_columns(line, cells, names) if has_address(names) else of_cells(line, cells) for line, cells, names in rows
    )
    return list(islice(found, MOST_READ))


def rows_of_file(data: bytes, headers: frozenset[str]) -> Iterator[Row]:
    """The rows of a file in which one of these words stands above a column, if any does. Raises `InvalidFile`."""
    try:
        yield from read_grid(data, lambda header: words_of(header) in headers, LIMITS).rows
    except UnreadableTable as unreadable:
        raise InvalidFile("", [unreadable.problem]) from None


def under_headers(
    rows: Iterable[Row], is_header: Callable[[Sequence[str], Sequence[str]], bool]
) -> Iterator[tuple[int, list[str], list[str]]]:
    """Rows that hold something: their line, their cells, and the words above the columns; no such words where the first
    row is none of headers. `is_header` is asked of its cells, and of them as words."""
    headers: list[str] | None = None
    for row in rows:
        if row.is_empty:
            continue
        cells = [trim(cell) for cell in row.cells]
        if headers is None:
            headers = [words_of(cell) for cell in cells]
            if is_header(cells, headers):
                continue
            headers = []
        yield row.line, cells, headers


def language_said(words: str) -> str:
    """`es` or `en`; empty for what is neither."""
    plain = fold(words).split("-")[0].split("_")[0].strip()
    return "es" if plain in _SPANISH else "en" if plain in _ENGLISH else ""


def of_columns(number: int, cells: Sequence[str], headers: Sequence[str]) -> GivenAddress:
    """A row under headers that say which column is the address."""

    def cell(*wanted: frozenset[str]) -> str:
        return next((text for text, header in zip(cells, headers, strict=False) if header in wanted[0] and text), "")

    name = cell(_NAME) or cell(_FIRST_NAME)
    last = cell(_LAST_NAME)
    words = " ".join(text for text in cells if text)
    return GivenAddress(
        number,
        _bare(cell(_ADDRESS)),
        words,
        name=" ".join(filter(None, (name, last))),
        language=language_said(cell(_LANGUAGE)),
    )


def _of_line(number: int, line: str) -> list[GivenAddress]:
    if "<" in line:
        return [one for piece in _PIECES.findall(line) if piece.strip(" ,\t") for one in _of_brackets(number, piece)]
    cells = [trim(cell.strip().strip('"')) for cell in _QUOTED_OR_CELL.findall(line)]
    cells = [cell for cell in cells if cell]
    if _is_header(cells, [words_of(cell) for cell in cells]):
        return []
    if sum("@" in cell for cell in cells) <= 1:
        return _of_words(number, cells[0]) if len(cells) == 1 else [of_cells(number, cells)]
    return [one for cell in cells for one in _of_words(number, cell)]


def _of_brackets(number: int, piece: str) -> list[GivenAddress]:
    """`Name <address>`, perhaps several of them, and bare addresses between."""
    found: list[GivenAddress] = []
    before, *parts = piece.split("<")
    for part in parts:
        address, _end, after = part.partition(">")
        before, name = before.strip(" ,\t"), before.strip(" ,\t")
        if "@" in before and not before.startswith('"'):
            *bare, name = before.split(",")
            if "@" in name:
                bare, name = [*bare, name], ""
            found += _of_list(number, bare)
        name = name.strip().strip('"').strip()
        found.append(GivenAddress(number, _bare(address), " ".join(filter(None, (name, address.strip()))), name=name))
        before = after
    return [*found, *_of_list(number, before.strip(" ,\t").split(","))]


def _of_list(number: int, words: Iterable[str]) -> list[GivenAddress]:
    return [one for word in words if word.strip() for one in _of_words(number, word)]


def _of_words(number: int, words: str) -> list[GivenAddress]:
    """Words in which one address stands, with a name; or only addresses."""
    tokens = words.split()
    addresses = [token for token in tokens if "@" in token]
    if len(addresses) == 1:
        name = " ".join(token for token in tokens if "@" not in token)
        return [GivenAddress(number, _bare(addresses[0]), words.strip(), name=name)]
    if addresses and len(addresses) == len(tokens):
        return [GivenAddress(number, _bare(token), token) for token in tokens]
    return [GivenAddress(number, "", words.strip())]


def of_cells(number: int, cells: Sequence[str]) -> GivenAddress:
    """A row of a spreadsheet without headers: the cell with the sign is the address, one that names a language says it,
    and the others are the name."""
    address = next((cell for cell in cells if "@" in cell), "")
    others = [cell for cell in cells if cell and cell != address]
    language = next((language_said(cell) for cell in others if language_said(cell)), "")
    name = " ".join(cell for cell in others if not language_said(cell))
    before, bracket, inner = address.partition("<")
    if bracket:
        name, address = before.strip().strip('"').strip() or name, inner.partition(">")[0]
    return GivenAddress(number, _bare(address), " ".join(filter(None, cells)), name=name, language=language)


def _bare(address: str) -> str:
    bare = address.strip().strip("<>()[]'\"").rstrip(".,;:")
    return bare[7:] if bare.lower().startswith("mailto:") else bare


def _is_header(cells: Sequence[str], words: Sequence[str]) -> bool:
    return not any("@" in cell for cell in cells) and any(word in HEADERS for word in words)


def has_address(headers: Sequence[str]) -> bool:
    """Whether one of these headers, as `words` has them, is that of addresses."""
    return any(header in _ADDRESS for header in headers)
