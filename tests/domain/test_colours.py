"""The accent colour: written in any usual way, and always dark enough to be read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment.domain.colours import (
    DEFAULT_ACCENT,
    LEAST_CONTRAST,
    NotAColour,
    contrast_with_white,
    parse_colour,
    readable_colour,
)

colours = st.integers(0, 0xFFFFFF).map(lambda value: f"#{value:06x}")


@pytest.mark.parametrize(("words", "colour"), [("#0B6B6B", "#0b6b6b"), (" 0b6b6b ", "#0b6b6b"), ("#f0a", "#ff00aa")])
def test_a_colour_is_read_as_people_write_it(words, colour):
    assert parse_colour(words) == colour


@pytest.mark.parametrize("words", ["", "teal", "#12345", "#12345g", "url(x)", "#0b6b6b;}", "#٠٠٠٠٠٠"])
def test_what_is_no_colour_is_refused(words):
    with pytest.raises(NotAColour):
        parse_colour(words)


@pytest.mark.parametrize(
    ("colour", "ratio"), [("#000000", 21.0), ("#ffffff", 1.0), ("#767676", 4.54), ("#0000ff", 8.59)]
)
def test_contrast_is_that_of_the_guidelines(colour, ratio):
    assert contrast_with_white(colour) == pytest.approx(ratio, abs=0.01)


@given(colours)
def test_a_shade_that_can_be_read_is_found_for_every_colour(colour):
    shade = readable_colour(colour)
    assert contrast_with_white(shade) >= LEAST_CONTRAST
    assert (shade == colour) == (contrast_with_white(colour) >= LEAST_CONTRAST)
    assert readable_colour(shade) == shade


def test_a_yellow_stays_a_yellow():
    red, green, blue = bytes.fromhex(readable_colour("#ffdd00")[1:])
    assert red > green > blue == 0


def test_the_product_s_own_accent_can_be_read():
    assert readable_colour(DEFAULT_ACCENT) == DEFAULT_ACCENT
