"""ZIP files with a list of what they hold: the same bytes for the same content, and checked before they are read.

The last 64 bytes (the end of the ZIP's comment) are the SHA-256 of all before them: no byte of a file can change
unnoticed, wherever it is. `manifest.json` names each other member with its size and SHA-256. Whoever changes a file on
purpose can write both anew: that is what a seal is for (`infra.sealed`).
"""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, BinaryIO, Final, Self

MARK: Final = "mimetype"
"""The first member says what kind of file it is, as in EPUB: readable even where the end is missing."""
MANIFEST: Final = "manifest.json"
LARGEST_MANIFEST: Final = 4_000_000
_DIGEST = 64
_LONGEST_END = 200
_EPOCH = (1980, 1, 1, 0, 0, 0)
_AT_ONCE = 1_000_000


class DamagedArchive(ValueError):
    """Not as it was written: a byte was changed, or its end is missing."""


class ForeignArchive(ValueError):
    """No file of this kind; or one of a version that is not known yet (`is_later`)."""

    def __init__(self, *, is_later: bool = False) -> None:
        super().__init__(is_later)
        self.is_later = is_later


class ArchiveTooLarge(ValueError):
    """It would unpack to more than is read."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What is read of a file that somebody hands over, in bytes and numbers."""

    unpacked: int
    member: int
    members: int


def canonical(document: object) -> bytes:
    """JSON with sorted keys, no spaces, one line: the same bytes for the same document."""
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode() + b"\n"


@dataclass(slots=True)
class Entry:
    """A member as the manifest names it."""

    size: int
    sha256: str


class ArchiveWriter:
    """Writes members one after the other; `finish` writes the manifest and the digest of the whole."""

    def __init__(self, file: BinaryIO, kind: str, version: int) -> None:
        """`file` can be read and moved about in."""
        self._file, self._mark = file, f"{kind}/{version}"
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6)
        self.entries: dict[str, Entry] = {}
        self._write(MARK, f"{self._mark}\n".encode(), zipfile.ZIP_STORED)

    def add(self, name: str, content: bytes) -> None:
        self._write(name, content)
        self.entries[name] = Entry(len(content), hashlib.sha256(content).hexdigest())

    def finish(self, head: Mapping[str, Any]) -> None:
        """`head` is what else the manifest says."""
        members = {name: {"bytes": entry.size, "sha256": entry.sha256} for name, entry in self.entries.items()}
        self._write(MANIFEST, canonical({**head, "members": members}))
        self._zip.comment = f"{self._mark} sha256:{'0' * _DIGEST}".encode()
        self._zip.close()
        self._file.flush()
        digest = _digest_of(self._file)
        self._file.seek(-_DIGEST, 2)
        self._file.write(digest.encode())
        self._file.flush()

    def _write(self, name: str, content: bytes, compression: int = zipfile.ZIP_DEFLATED) -> None:
        info = zipfile.ZipInfo(name, _EPOCH)
        info.compress_type = compression
        info.create_system = 3  # the same on every system
        info.external_attr = 0o600 << 16
        self._zip.writestr(info, content)


@dataclass(slots=True)
class Archive:
    """A file that is as it was written; `manifest` is what it says of itself, without its list of members."""

    manifest: dict[str, Any]
    entries: dict[str, Entry]
    _zip: zipfile.ZipFile = field(repr=False)

    def read(self, name: str) -> bytes:
        """A member that the manifest names. Raises `DamagedArchive`."""
        entry = self.entries[name]
        content = _read(self._zip, name, entry.size)
        if len(content) != entry.size or hashlib.sha256(content).hexdigest() != entry.sha256:
            raise DamagedArchive(name)
        return content

    def check_all(self) -> None:
        """Reads every member once. Raises `DamagedArchive` or `ArchiveTooLarge`."""
        for name in self.entries:
            self.read(name)

    def plain(self) -> bytes:
        """The file itself."""
        assert self._zip.fp is not None  # noqa: S101 - it is open
        self._zip.fp.seek(0)
        return self._zip.fp.read()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._zip.close()


def open_archive(file: BinaryIO, kind: str, version: int, limits: Limits) -> Archive:
    """What somebody handed over, once all that can be known without unpacking it is in order.

    Raises `ForeignArchive`, `DamagedArchive` or `ArchiveTooLarge`.
    """
    _check_whole(file, kind, version)
    try:
        opened = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise DamagedArchive("zip") from None
    infos = opened.infolist()
    if len(infos) > limits.members:
        raise ArchiveTooLarge("members")
    names = [info.filename for info in infos]
    is_plain = all(info.compress_type in (0, zipfile.ZIP_DEFLATED) and not info.flag_bits & 0x1 for info in infos)
    if len(set(names)) != len(names) or MANIFEST not in names or not is_plain:
        raise DamagedArchive("members")
    if sum(info.file_size for info in infos) > limits.unpacked:
        raise ArchiveTooLarge("unpacked")
    manifest = _manifest(_read(opened, MANIFEST, LARGEST_MANIFEST))
    entries = _entries(manifest.pop("members", None))
    if entries.keys() != set(names) - {MARK, MANIFEST}:
        raise DamagedArchive("members")
    if sum(entry.size for entry in entries.values()) > limits.unpacked:
        raise ArchiveTooLarge("unpacked")
    if any(entry.size > limits.member for entry in entries.values()):
        raise ArchiveTooLarge("member")
    return Archive(manifest, entries, opened)


def parse_json(content: bytes) -> Any:
    """A document of a file that somebody handed over. Raises `DamagedArchive`, also where it is nested too deeply."""
    try:
        return json.loads(content, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise DamagedArchive("json") from None


def _refuse(word: str) -> Any:
    raise ValueError(word)


def _check_whole(file: BinaryIO, kind: str, version: int) -> None:
    """Raises `ForeignArchive` or `DamagedArchive`."""
    file.seek(0)
    begin = file.read(_LONGEST_END)
    size = file.seek(0, 2)
    file.seek(max(0, size - _LONGEST_END))
    end = re.search(rb"([a-z.]+)/([0-9]{1,6}) sha256:([0-9a-f]{64})\Z", file.read())
    if end is None or end[1].decode() != kind:
        # One of ours that was cut off still names its first member.
        raise DamagedArchive("end") if kind.encode() in begin else ForeignArchive
    if _digest_of(file) != end[3].decode():
        raise DamagedArchive("digest")
    if int(end[2]) != version:
        raise ForeignArchive(is_later=int(end[2]) > version)
    file.seek(0)


def _digest_of(file: BinaryIO) -> str:
    """The SHA-256 of all but the last bytes, which are that of a digest."""
    left, digest = file.seek(0, 2) - _DIGEST, hashlib.sha256()
    file.seek(0)
    while left > 0:
        chunk = file.read(min(left, _AT_ONCE))
        if not chunk:
            break
        digest.update(chunk)
        left -= len(chunk)
    return digest.hexdigest()


def _read(opened: zipfile.ZipFile, name: str, most: int) -> bytes:
    """Raises `ArchiveTooLarge` for a member that goes on after so many bytes, whatever it said before."""
    try:
        with opened.open(name) as member:
            content = member.read(most + 1)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError, RuntimeError):
        raise DamagedArchive(name) from None
    if len(content) > most:
        raise ArchiveTooLarge(name)
    return content


def _manifest(content: bytes) -> dict[str, Any]:
    manifest = parse_json(content)
    if not isinstance(manifest, dict):
        raise DamagedArchive(MANIFEST)
    return manifest


def _entries(told: Any) -> dict[str, Entry]:
    if not isinstance(told, dict):
        raise DamagedArchive("members")
    entries = {}
    for name, entry in told.items():
        size, sha256 = (entry.get("bytes"), entry.get("sha256")) if isinstance(entry, dict) else (None, None)
        if type(size) is not int or size < 0 or not isinstance(sha256, str):
            raise DamagedArchive("members")
        entries[name] = Entry(size, sha256)
    return entries
