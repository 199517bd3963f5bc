"""Uploaded pictures: what is accepted, what is refused, and that nothing but the pixels remains."""

from __future__ import annotations

import contextlib
import random
import struct
import zlib
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps, PngImagePlugin

from assessment.infra.pictures import (
    MAX_BYTES,
    MAX_SIDE,
    NotAPicture,
    PictureTooLarge,
    remake_photograph,
    remake_picture,
)


def picture(image_format="PNG", size=(80, 40), mode="RGBA", colour=(10, 120, 120, 0), **options) -> bytes:
    written = BytesIO()
    Image.new(mode, size, colour).save(written, image_format, **options)
    return written.getvalue()


def opened(data: bytes) -> Image.Image:
    return Image.open(BytesIO(data))


def test_a_png_keeps_its_transparency():
    remade = remake_picture(picture())
    assert (remade.media_type, remade.width, remade.height) == ("image/png", 80, 40)
    assert opened(remade.data).getchannel("A").getpixel((3, 3)) == 0


def test_a_large_picture_becomes_a_small_one_in_its_proportions():
    remade = remake_picture(picture(size=(2000, 500)))
    assert (remade.width, remade.height) == (MAX_SIDE, MAX_SIDE // 4)


def test_nothing_but_the_picture_remains():
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Author", "Ana Secreta")
    assert b"Ana Secreta" not in remake_picture(picture(pnginfo=notes)).data
    exif = Image.Exif()
    exif[0x010E] = "Ana Secreta"
    exif[0x0112] = 6
    sent = picture("JPEG", mode="RGB", colour=(9, 9, 9), exif=exif, comment=b"Ana Secreta")
    remade = remake_picture(sent)
    assert b"Ana Secreta" in sent
    assert b"Ana Secreta" not in remade.data
    assert (remade.media_type, remade.width, remade.height) == ("image/jpeg", 40, 80), (
        "turned upright, as its camera said"
    )


def test_each_way_to_hold_a_camera_is_turned_upright_as_pillow_does():
    drawn = Image.new("RGB", (64, 32))
    drawn.paste((255, 255, 255), (0, 0, 24, 8))
    for orientation in range(10):
        exif = Image.Exif()
        exif[0x0112] = orientation
        written = BytesIO()
        drawn.save(written, "PNG", exif=exif)
        upright = ImageOps.exif_transpose(opened(written.getvalue())).convert("RGBA")
        remade = opened(remake_picture(written.getvalue()).data)
        assert (remade.size, remade.tobytes()) == (upright.size, upright.tobytes()), orientation


def test_odd_notes_of_a_camera_keep_no_picture_from_being_drawn():
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "x"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8769)[0x9286] = b"abc"
    sent = picture("JPEG", size=(60, 40), mode="RGB", colour=(1, 2, 3), exif=exif)
    notes = range(sent.index(b"Exif"), sent.index(b"\xff\xdb"))
    chance = random.Random(4)
    for _ in range(1500):
        spoilt = bytearray(sent)
        for _ in range(chance.randint(1, 6)):
            spoilt[chance.choice(notes)] = chance.choice((0, 255, 1, 2, 6, chance.randrange(256)))
        assert remake_photograph(bytes(spoilt)).width in (60, 40)


def test_a_jpeg_in_the_colours_of_print_shops_is_accepted():
    remade = remake_picture(picture("JPEG", mode="CMYK", colour=(0, 0, 0, 0)))
    assert opened(remade.data).mode == "RGB"


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"GIF89a" + bytes(50),
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"%PDF-1.7",
        picture("GIF", mode="P", colour=1),
        picture("WEBP"),
        picture()[:60],
        b"\x89PNG\r\n\x1a\n" + bytes(200),
    ],
    ids=["empty", "gif head", "svg", "pdf", "gif", "webp", "cut off", "png head"],
)
def test_a_file_other_than_png_or_jpeg_is_refused(sent):
    with pytest.raises(NotAPicture):
        remake_picture(sent)


def test_a_picture_that_was_cut_off_is_refused_beside_the_pdf_engine_too():
    """WeasyPrint tells Pillow, for the whole process, to draw truncated pictures."""
    import reports.engine.pdf  # noqa: F401 - for what it does to Pillow

    noise = bytes(random.Random(1).choices(range(256), k=120 * 120 * 3))
    whole = Image.frombytes("RGB", (120, 120), noise)
    for image_format in ("PNG", "JPEG"):
        written = BytesIO()
        whole.save(written, image_format)
        remake_picture(written.getvalue())
        with pytest.raises(NotAPicture):
            remake_picture(written.getvalue()[: len(written.getvalue()) // 2])


def test_too_many_bytes_are_refused_unread():
    with pytest.raises(PictureTooLarge):
        remake_picture(bytes(MAX_BYTES + 1))


def test_a_small_file_that_would_fill_the_memory_is_refused():
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(100_000)))
    with pytest.raises((PictureTooLarge, NotAPicture)):
        remake_picture(bomb + chunk(b"IEND", b""))


def many_scans(image_format: bytes, times: int) -> bytes:
    """A JPEG that says its last scan once more, and once more."""
    head, scan, last = image_format.rpartition(b"\xff\xda")
    return head + scan + (last.removesuffix(b"\xff\xd9") + scan) * times + last


def test_a_jpeg_that_is_drawn_anew_a_thousand_times_is_refused_unread():
    """The attack: 200 kB that keep a core busy for half a minute."""
    usual = picture("JPEG", mode="RGB", colour=(9, 9, 9), progressive=True)
    assert usual.count(b"\xff\xda") > 5
    remake_picture(usual)
    with pytest.raises(PictureTooLarge):
        remake_picture(many_scans(usual, 1_000))


@pytest.mark.parametrize("image_format", ["PNG", "JPEG"])
def test_ten_million_pixels_are_enough(image_format):
    assert remake_picture(picture(image_format, (3_000, 3_300), "RGB", (9, 9, 9))).width == 545
    with pytest.raises(PictureTooLarge):
        remake_picture(picture(image_format, (3_000, 3_400), "RGB", (9, 9, 9)))


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300), st.integers(0, 120))
def test_no_damage_is_worse_than_a_refusal(noise, at):
    whole = picture()
    with contextlib.suppress(NotAPicture, PictureTooLarge):
        remake_picture(whole[:at] + noise + whole[at + len(noise) :])
