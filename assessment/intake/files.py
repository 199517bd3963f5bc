"""Opens a file: says what kind it is, by its content and not its name, and reads its cells."""

from __future__ import annotations

import io
import os
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from assessment.intake.codes import NoteCode, ProblemCode
from assessment.intake.csv_rows import read_csv
from assessment.intake.grid import Grid
from assessment.intake.notes import Note
from assessment.intake.problems import Problem, UnreadableTable
from assessment.intake.xlsx_rows import Limits, read_xlsx

MAX_FILE_MB = 100

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOCKED = "EncryptedPackage".encode("utf-16-le")
_ARCHIVES = (b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf", b"BZh", b"\xfd7zXZ")
_MARKUP = ("<!doctype", "<html", "<?xml", "<table", "<workbook")
_TABLES = (".csv", ".tsv", ".txt", ".xlsx")
_LISTED = 5
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*", b"RIFF")
_HEIC = b"ftyp"
_JSON = re.compile(r'\{\s*"[^"]*"\s*:|\[\s*[{\[]')
_START = 400
_LINKS = ("docs.google.com", "doc_id", "googleapis.com")


def read_bytes(path: Path) -> bytes:
    """The bytes of a file. Raises `UnreadableTable` for one that cannot be opened or is too large."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE_MB * 1_000_000 + 1)
    except FileNotFoundError:
        raise UnreadableTable(Problem(ProblemCode.FILE_MISSING)) from None
    except IsADirectoryError:
        raise UnreadableTable(Problem(ProblemCode.FILE_IS_FOLDER)) from None
    except PermissionError:
        is_folder = os.path.isdir(path)  # noqa: PTH112 - Path.is_dir() raises if even stat is forbidden
        code = ProblemCode.FILE_IS_FOLDER if is_folder else ProblemCode.FILE_FORBIDDEN  # Windows forbids folders
        raise UnreadableTable(Problem(code)) from None
    except (OSError, ValueError) as error:  # ValueError: a name with a NUL in it
        raise UnreadableTable(Problem(ProblemCode.FILE_UNREADABLE)) from error
    if len(data) > MAX_FILE_MB * 1_000_000:
        raise UnreadableTable(Problem(ProblemCode.FILE_TOO_LARGE, values={"limit": str(MAX_FILE_MB)}))
    return data


def read_grid(data: bytes, is_known: Callable[[str], bool], limits: Limits) -> Grid:
    """The cells of a CSV or XLSX file, or of the only one in a ZIP archive.

    `is_known` says whether a header is one of the questionnaire's: it finds the sheet with the answers. Raises
    `UnreadableTable` for anything else.
    """
    if not _is_zip(data):
        return _read_text(data)
    names = _names_in(data)
    if any(name.startswith(("xl/", "word/", "ppt/")) or name == "mimetype" for name in names):
        _require_workbook(data, names)
        return read_xlsx(data, is_known, limits)
    name, inner = _only_table(data, names, limits.unpacked_mb)
    if _is_zip(inner):
        _require_workbook(inner, _names_in(inner))
        grid = read_xlsx(inner, is_known, limits)
    else:
        grid = _read_text(inner)
    return replace(grid, notes=(Note(NoteCode.READ_IN_ARCHIVE, {"file": name}), *grid.notes))


def _read_text(data: bytes) -> Grid:
    code = _file_problem(data)
    if code is not None:
        raise UnreadableTable(Problem(code))
    return read_csv(data)


def _is_zip(data: bytes) -> bool:
    return data.startswith(b"PK") and zipfile.is_zipfile(io.BytesIO(data))


def _names_in(data: bytes) -> tuple[str, ...]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return tuple(archive.namelist())
    except Exception as error:  # a damaged archive makes zipfile raise almost anything
        raise UnreadableTable(Problem(ProblemCode.WORKBOOK_DAMAGED)) from error


def _require_workbook(data: bytes, names: tuple[str, ...]) -> None:
    """Raises `UnreadableTable` for archives that are not workbooks."""
    mimetype = b""
    if "mimetype" in names:
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open("mimetype") as part:
                mimetype = part.read(100)
        except Exception as error:
            raise UnreadableTable(Problem(ProblemCode.WORKBOOK_DAMAGED)) from error
    if b"opendocument" in mimetype:
        raise UnreadableTable(Problem(ProblemCode.FILE_IS_OPENDOCUMENT))
    if "xl/workbook.bin" in names:
        raise UnreadableTable(Problem(ProblemCode.FILE_IS_BINARY_EXCEL))
    if not any(name.startswith("xl/") for name in names):
        raise UnreadableTable(Problem(ProblemCode.FILE_IS_ARCHIVE))


def _only_table(data: bytes, names: tuple[str, ...], max_unpacked_mb: int) -> tuple[str, bytes]:
    """The one table in an archive, as form services send their files: its name and its bytes."""
    tables = [name for name in names if name.lower().endswith(_TABLES) and not _is_hidden(name)]
    if not tables:
        raise UnreadableTable(Problem(ProblemCode.FILE_IS_ARCHIVE))
    if len(tables) > 1:
        listed = ", ".join(map(_base, tables[:_LISTED])) + (", …" if len(tables) > _LISTED else "")
        raise UnreadableTable(Problem(ProblemCode.ARCHIVE_WITH_TABLES, values={"files": listed}))
    limit = min(MAX_FILE_MB, max_unpacked_mb) * 1_000_000
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open(tables[0]) as part:
            inner = part.read(limit + 1)
    except RuntimeError:  # a password
        raise UnreadableTable(Problem(ProblemCode.FILE_IS_ARCHIVE)) from None
    except Exception as error:
        raise UnreadableTable(Problem(ProblemCode.FILE_IS_ARCHIVE)) from error
    if len(inner) > limit:
        raise UnreadableTable(Problem(ProblemCode.FILE_TOO_LARGE, values={"limit": str(limit // 1_000_000)}))
    return _base(tables[0]), inner


def _is_hidden(name: str) -> bool:
    """What Macs put beside the files in an archive."""
    return name.startswith("__MACOSX/") or _base(name).startswith(".")


def _base(name: str) -> str:
    return name.rpartition("/")[2]


def _file_problem(data: bytes) -> ProblemCode | None:
    """The problem with a file that is neither text nor a workbook."""
    if not data:
        return ProblemCode.FILE_EMPTY
    if data.startswith(b"%PDF-"):
        return ProblemCode.FILE_IS_PDF
    if data.startswith(_OLE):
        return ProblemCode.FILE_IS_LOCKED if _LOCKED in data else ProblemCode.FILE_IS_OLD_OFFICE
    if data.startswith(b"PK\x03\x04"):
        return ProblemCode.WORKBOOK_DAMAGED
    if data.startswith(_ARCHIVES):
        return ProblemCode.FILE_IS_ARCHIVE
    if _is_picture(data):
        return ProblemCode.FILE_IS_PICTURE
    start = data[:_START].decode("utf-8-sig", errors="replace").lstrip().lower()
    if start.startswith(_MARKUP):
        return ProblemCode.FILE_IS_WEB_PAGE
    if start.startswith("{\\rtf"):
        return ProblemCode.FILE_IS_RICH_TEXT
    if _JSON.match(start):
        return ProblemCode.FILE_IS_LINK if any(sign in start for sign in _LINKS) else ProblemCode.FILE_IS_JSON
    return None


def _is_picture(data: bytes) -> bool:
    """By the first bytes: of those that letters could be, only with something after them that no text has."""
    return data[4:8] == _HEIC or (data.startswith(_PICTURES) and b"\0" in data[:_START])
