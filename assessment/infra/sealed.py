"""Files sealed by a passphrase: nobody reads them without it, and nobody changes them unnoticed.

The keys come of the passphrase by scrypt; the file is a header and pieces, each sealed with AES-256-GCM. A piece's
nonce says its place and whether it is the last, so that none can be left out, moved or cut off (the construction
STREAM of Hoang, Reyhanitabar, Rogaway and Vizár, 2015). All primitives are those of `cryptography`.

    magic · salt (16) · nonce prefix (7) · key check (16) · pieces of 64 KiB and their tags (16)

The header is authenticated with each piece. The key check tells a wrong passphrase from a changed file.
"""

from __future__ import annotations

import hmac
import os
import struct
import unicodedata
from typing import BinaryIO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

MAGIC: Final = b"escala.sealed/1\n"
SHORTEST_PASSPHRASE: Final = 12
PIECE: Final = 64 * 1024

_SALT, _PREFIX, _CHECK, _TAG = 16, 7, 16, 16
_HEADER: Final = len(MAGIC) + _SALT + _PREFIX + _CHECK
_N, _R, _P = 2**17, 8, 1
"""Of scrypt: 128 MiB and some tenths of a second. Fixed by the format, so that no file can ask for more."""
_MOST_PIECES = 2**32 - 1


class PassphraseTooShort(ValueError):
    """Fewer characters than `SHORTEST_PASSPHRASE`."""


class WrongPassphrase(ValueError):
    """The passphrase is not the one that the file was sealed with, or its first bytes were changed."""


class SealBroken(ValueError):
    """The passphrase is right, and the file is not as it was sealed: changed, or cut off."""


def is_sealed(first: bytes) -> bool:
    """Whether a file that begins so is sealed."""
    return first.startswith(MAGIC)


def seal(plain: BinaryIO, sealed: BinaryIO, passphrase: str) -> None:
    """Writes what `plain` holds, sealed, piece by piece. Raises `PassphraseTooShort`."""
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise PassphraseTooShort
    salt, prefix = os.urandom(_SALT), os.urandom(_PREFIX)
    key, check = _keys(passphrase, salt)
    header = MAGIC + salt + prefix + check
    sealed.write(header)
    cipher, number = AESGCM(key), 0
    piece = plain.read(PIECE)
    while True:
        following = plain.read(PIECE)
        sealed.write(cipher.encrypt(_nonce(prefix, number, is_last=not following), piece, header))
        if not following:
            return
        piece, number = following, number + 1
        if number > _MOST_PIECES:
            raise ValueError("too long for one seal")


def unseal(sealed: BinaryIO, plain: BinaryIO, passphrase: str) -> None:
    """Writes what was sealed. What is in `plain` is to be used only once this has returned.

    Raises `WrongPassphrase` or `SealBroken`.
    """
    header = sealed.read(_HEADER)
    if len(header) < _HEADER or not is_sealed(header):
        raise SealBroken
    salt, prefix, told = _parts(header)
    key, check = _keys(passphrase, salt)
    if not hmac.compare_digest(check, told):
        raise WrongPassphrase
    cipher, number = AESGCM(key), 0
    piece = sealed.read(PIECE + _TAG)
    while True:
        following = sealed.read(PIECE + _TAG)
        try:
            plain.write(cipher.decrypt(_nonce(prefix, number, is_last=not following), piece, header))
        except (InvalidTag, ValueError):
            raise SealBroken from None
        if not following:
            return
        piece, number = following, number + 1


def _parts(header: bytes) -> tuple[bytes, bytes, bytes]:
    at = len(MAGIC)
    return header[at : at + _SALT], header[at + _SALT : at + _SALT + _PREFIX], header[-_CHECK:]


def _keys(passphrase: str, salt: bytes) -> tuple[bytes, bytes]:
    """The key, and what says that it is the right one. A passphrase is the same however its accents are encoded."""
    words = unicodedata.normalize("NFKC", passphrase).encode()
    derived = Scrypt(salt=salt, length=32 + _CHECK, n=_N, r=_R, p=_P).derive(words)
    return derived[:32], derived[32:]


def _nonce(prefix: bytes, number: int, *, is_last: bool) -> bytes:
    return prefix + struct.pack(">IB", number, is_last)
