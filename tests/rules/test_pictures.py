"""What the documentation shows: pictures that load quickly, and fit on a screen."""

from __future__ import annotations

from PIL import Image

from tests.conftest import ROOT


def test_the_pictures_of_the_documentation_are_small_and_not_longer_than_a_page_can_show() -> None:
    pictures = sorted((ROOT / "docs" / "images").glob("*.png"))
    assert pictures
    for path in pictures:
        assert path.stat().st_size <= 150_000, path.name
        with Image.open(path) as picture:
            assert picture.height <= 1400, path.name
