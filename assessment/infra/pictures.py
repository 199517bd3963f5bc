"""Uploaded pictures: decoded, limited in size and encoded again, so that nothing but the pixels is stored."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from io import BytesIO
from typing import Final

MAX_BYTES: Final = 1_000_000
MAX_PIXELS: Final = 10_000_000
"""Of the uploaded picture: a small file may unpack to one that fills the memory."""
MAX_SCANS: Final = 40
"""Of a JPEG, which may draw all its pixels anew any number of times. Programs write at most a dozen; the small pictures
that a camera puts inside have some, too."""
MAX_SIDE: Final = 600
QUALITY: Final = 88

_ENDS: Final = {"PNG": b"IEND", "JPEG": b"\xff\xd9"}
_SCAN: Final = b"\xff\xda"
"""Begins a scan; within one, no other byte than zero or a mark of its own follows `ff`."""
_TAIL: Final = 4096
"""The end marker is looked for in this many last bytes: some programs write a little after it."""


class PictureTooLarge(ValueError):
    """More bytes than are taken, more pixels than `MAX_PIXELS`, or a JPEG of more scans than `MAX_SCANS`."""


class NotAPicture(ValueError):
    """Neither a PNG nor a JPEG file, or a damaged one."""


@dataclass(frozen=True, slots=True)
class Picture:
    media_type: str
    width: int
    height: int
    data: bytes


def remake_picture(sent: bytes, *, most: int = MAX_BYTES) -> Picture:
    """The picture drawn again: upright, at most `MAX_SIDE` wide and high, without metadata.

    Only PNG and JPEG: an SVG may carry scripts and addresses. Raises `PictureTooLarge` or `NotAPicture`.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError

    if len(sent) > most:
        raise PictureTooLarge
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about its metadata, which is not stored
            with Image.open(BytesIO(sent), formats=("PNG", "JPEG")) as opened:
                if opened.width * opened.height > MAX_PIXELS:
                    raise PictureTooLarge
                is_photograph = opened.format == "JPEG"
                if is_photograph and sent.count(_SCAN) > MAX_SCANS:
                    raise PictureTooLarge
                # The PDF engine sets Pillow to draw pictures that were cut off, in the whole process.
                if _ENDS[opened.format or ""] not in sent[-_TAIL:]:
                    raise NotAPicture
                image = ImageOps.exif_transpose(opened).convert("RGB" if is_photograph else "RGBA")
    except (NotAPicture, PictureTooLarge):
        raise
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise NotAPicture from error
    image.thumbnail((MAX_SIDE, MAX_SIDE))
    clean = Image.new(image.mode, image.size)
    clean.paste(image)
    buffer = BytesIO()
    if is_photograph:
        clean.save(buffer, "JPEG", quality=QUALITY, optimize=True)
    else:
        clean.save(buffer, "PNG", optimize=True)
    return Picture("image/jpeg" if is_photograph else "image/png", clean.width, clean.height, buffer.getvalue())


def as_png(stored: bytes) -> bytes:
    """A picture that was stored by us, as PNG: of a PNG, the very same; nothing is lost, so that a picture may be
    written and read any number of times."""
    from PIL import Image

    with Image.open(BytesIO(stored), formats=("PNG", "JPEG")) as opened:
        if opened.format == "PNG":
            return stored
        buffer = BytesIO()
        opened.convert("RGBA").save(buffer, "PNG", optimize=True)
        return buffer.getvalue()
