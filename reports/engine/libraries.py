"""The libraries that WeasyPrint loads, found without asking a compiler where they are.

WeasyPrint tries several names for each, for any system. For a name that is no file's, Python on Linux runs `ldconfig`,
a compiler and a linker, one after the other: some ninety processes each time that it is imported.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager

NAMES = ("gobject-2.0", "pango", "harfbuzz", "fontconfig")
"""What the names that are tried have in them."""
ONE_OF_THEM = "libpango-1.0.so.0"


@contextmanager
def found_by_their_names() -> Iterator[None]:
    """While WeasyPrint is imported. On Linux the system finds its libraries by a name that is a file's, tried last;
    elsewhere, and where it does not find them so, nothing is different."""
    if not sys.platform.startswith("linux") or not _is_found(ONE_OF_THEM):
        yield
        return
    search = ctypes.util.find_library

    def find(name: str) -> str | None:
        return None if any(part in name for part in NAMES) else search(name)

    ctypes.util.find_library = find
    try:
        yield
    finally:
        ctypes.util.find_library = search


def _is_found(file: str) -> bool:
    try:
        ctypes.CDLL(file)
    except OSError:
        return False
    return True
