"""Reads PDFs with other programs than the one that wrote them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import pypdf
from pypdf.generic import ArrayObject, DictionaryObject

from tests.printing import poppler, words_of_pages

MILLIMETRE = 72 / 25.4


@cache
def pages_of(path: Path) -> tuple[str, ...]:
    """The words of each page in reading order, with single spaces."""
    return tuple(words_of_pages(path.read_bytes()))


@dataclass(frozen=True)
class Word:
    """A word and its box, in points from the page's top left corner."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True)
class PageOfWords:
    width: float
    height: float
    words: tuple[Word, ...]

    @property
    def filled(self) -> float:
        """The share of its height, between margins, that stands above the end of its last word."""
        top, bottom = 15 * MILLIMETRE, self.height - 19 * MILLIMETRE
        return (max((word.bottom for word in self.words if word.bottom < bottom), default=top) - top) / (bottom - top)


_PAGE = re.compile(r'<page width="([\d.]+)" height="([\d.]+)">(.*?)</page>', re.DOTALL)
_WORD = re.compile(r'<word xMin="([-\d.]+)" yMin="([-\d.]+)" xMax="([-\d.]+)" yMax="([-\d.]+)">(.*?)</word>')


def boxes_of(path: Path) -> list[PageOfWords]:
    """Where each word of each page stands."""
    xml = poppler("pdftotext", "-bbox", path, "-").decode("utf-8")
    return [
        PageOfWords(
            float(width),
            float(height),
            tuple(Word(text, *map(float, box)) for *box, text in _WORD.findall(words)),
        )
        for width, height, words in _PAGE.findall(xml)
    ]


_NEARLY_WHITE = bytes(range(200, 256))


@dataclass(frozen=True)
class Picture:
    """A page in grey: rows of bytes, 0 black to 255 white."""

    width: int
    height: int
    rows: tuple[bytes, ...]

    def darkest(self, left: int, top: int, right: int, bottom: int) -> int:
        return min(min(row[left:right]) for row in self.rows[top:bottom])

    @property
    def inked(self) -> float:
        """The share of the page that is not nearly white."""
        return sum(len(row.translate(None, _NEARLY_WHITE)) for row in self.rows) / (self.width * self.height)


def pictures_of(path: Path, dots_per_inch: int = 36) -> list[Picture]:
    """Each page as a coarse grey picture (PGM)."""
    raw = poppler("pdftoppm", "-gray", "-r", str(dots_per_inch), path)
    pictures = []
    while raw:
        header = re.match(rb"P5\s(\d+)\s(\d+)\s255\s", raw)
        assert header, raw[:20]
        width, height = int(header[1]), int(header[2])
        pixels, raw = raw[header.end() : header.end() + width * height], raw[header.end() + width * height :]
        pictures.append(Picture(width, height, tuple(pixels[at : at + width] for at in range(0, len(pixels), width))))
    return pictures


@lru_cache(maxsize=16)
def read(path: Path) -> pypdf.PdfReader:
    """A document that no test changes: parsed once for the tests that look at it one after the other."""
    return pypdf.PdfReader(path)


def catalogue_of(path: Path) -> Any:
    """The root object: language, metadata, structure."""
    return read(path).root_object


@lru_cache(maxsize=16)
def structure_of(path: Path) -> tuple[DictionaryObject, ...]:
    """Every element of the structure tree, in reading order."""
    return tuple(elements_below(catalogue_of(path)["/StructTreeRoot"]))


def elements_below(element: Any) -> Iterator[DictionaryObject]:
    """Every structure element inside another, in reading order."""
    children = element["/K"].get_object() if "/K" in element else ArrayObject()
    for child in children if isinstance(children, ArrayObject) else [children]:
        descendant = child.get_object()
        if isinstance(descendant, DictionaryObject) and "/S" in descendant:
            yield descendant
            yield from elements_below(descendant)


def fonts_of(path: Path) -> dict[str, DictionaryObject]:
    """Name → descriptor of the fonts of all pages."""
    descriptors: dict[str, DictionaryObject] = {}
    for page in read(path).pages:
        resources: Any = page["/Resources"]
        for font in resources.get("/Font", {}).values():
            for descendant in font.get_object().get("/DescendantFonts", [font]):
                described = descendant.get_object()
                descriptors[described["/BaseFont"]] = described["/FontDescriptor"]
    return descriptors
