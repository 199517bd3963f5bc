"""Uploaded pictures: decoded, limited in size and encoded again, so that nothing but the pixels is stored."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from PIL import Image

MAX_BYTES: Final = 1_000_000
MAX_PIXELS: Final = 10_000_000
"""Of the uploaded picture: a small file may unpack to one that fills the memory."""
MAX_SCANS: Final = 40
"""Of a JPEG, which may draw all its pixels anew any number of times. Programs write at most a dozen; the small pictures
that a camera puts inside have some, too."""
MAX_SIDE: Final = 600
QUALITY: Final = 88
PHOTOGRAPH_BYTES: Final = 1_800_000
"""Less than a request may have; pages make photographs smaller on the device before they send them."""
PHOTOGRAPH_PIXELS: Final = 25_000_000
PHOTOGRAPH_SIDE: Final = 1600
"""Enough to read names that were written by hand on a page."""
PHOTOGRAPH_QUALITY: Final = 80

_ENDS: Final = {"PNG": b"IEND", "JPEG": b"\xff\xd9"}
_SCAN: Final = b"\xff\xda"
"""Begins a scan; within one, no other byte than zero or a mark of its own follows `ff`."""
_TAIL: Final = 4096
"""The end marker is looked for in this many last bytes: some programs write a little after it."""


class PictureTooLarge(ValueError):
    """More bytes or pixels than are taken, or a JPEG of more scans than `MAX_SCANS`."""


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
    image, is_photograph = _draw(sent, most_bytes=most, most_pixels=MAX_PIXELS, side=MAX_SIDE)
    return _written(image, QUALITY) if is_photograph else _written(image, None)


def remake_photograph(sent: bytes) -> Picture:
    """A photograph of a page drawn again as JPEG: upright, at most `PHOTOGRAPH_SIDE` wide and high, without metadata,
    and so without the place where it was taken. Raises `PictureTooLarge` or `NotAPicture`."""
    from PIL import Image

    image, is_photograph = _draw(sent, most_bytes=PHOTOGRAPH_BYTES, most_pixels=PHOTOGRAPH_PIXELS, side=PHOTOGRAPH_SIDE)
    if not is_photograph:
        white = Image.new("RGB", image.size, "white")
        white.paste(image, mask=image.getchannel("A"))
        image = white
    return _written(image, PHOTOGRAPH_QUALITY)


def _draw(sent: bytes, *, most_bytes: int, most_pixels: int, side: int) -> tuple[Image.Image, bool]:
    """The pixels alone, and whether they came in a JPEG."""
    from PIL import Image, UnidentifiedImageError

    if len(sent) > most_bytes:
        raise PictureTooLarge
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about its metadata, which is not stored
            with Image.open(BytesIO(sent), formats=("PNG", "JPEG")) as opened:
                if opened.width * opened.height > most_pixels:
                    raise PictureTooLarge
                is_photograph = opened.format == "JPEG"
                if is_photograph and sent.count(_SCAN) > MAX_SCANS:
                    raise PictureTooLarge
                # The PDF engine sets Pillow to draw pictures that were cut off, in the whole process.
                if _ENDS[opened.format or ""] not in sent[-_TAIL:]:
                    raise NotAPicture
                image = _upright(opened).convert("RGB" if is_photograph else "RGBA")
    except (NotAPicture, PictureTooLarge):
        raise
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise NotAPicture from error
    image.thumbnail((side, side))
    clean = Image.new(image.mode, image.size)
    clean.paste(image)
    return clean, is_photograph


def _upright(opened: Image.Image) -> Image.Image:
    """Turned as its camera said. What else stands beside the pixels is not read: it may be odd in any way."""
    from PIL import ExifTags, Image

    opened.load()
    try:
        orientation = opened.getexif().get(ExifTags.Base.Orientation)
    except Exception:  # whatever a reader of damaged notes may raise: the picture is fine without them
        orientation = None
    turns = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_270,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_90,
    }
    turn = turns.get(orientation) if isinstance(orientation, int) else None
    return opened if turn is None else opened.transpose(turn)


def _written(clean: Image.Image, quality: int | None) -> Picture:
    """As JPEG of this quality, or as PNG."""
    buffer = BytesIO()
    if quality is not None:
        clean.save(buffer, "JPEG", quality=quality, optimize=True)
    else:
        clean.save(buffer, "PNG", optimize=True)
    media_type = "image/png" if quality is None else "image/jpeg"
    return Picture(media_type, clean.width, clean.height, buffer.getvalue())


def pixels_of(stored: bytes) -> bytes:
    """What a picture that was stored by us shows: its sides, then four bytes for each pixel. However a PNG was packed,
    which depends on the library and the processor, they are the same."""
    from PIL import Image

    with Image.open(BytesIO(stored), formats=("PNG", "JPEG")) as opened:
        return f"{opened.width} {opened.height}\n".encode() + opened.convert("RGBA").tobytes()


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
