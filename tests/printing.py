"""What was printed, as words; and documents for tests that look at it, not at the printing.

All that a document shows is in its page, so the same page gives the same document: it is printed once a run.
"""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

OnMissing = Callable[[str], None]
Render = Callable[[str, OnMissing], bytes]


def printed_once(render: Render, folder: Path) -> Render:
    """The same function, which keeps what it has made in a folder that workers may share."""

    def get(html: str, on_missing: OnMissing = lambda sign: None) -> bytes:
        pdf = folder / f"{hashlib.sha256(html.encode()).hexdigest()}.pdf"
        with pdf.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            signs = pdf.with_suffix(".missing")
            if not pdf.exists():
                missing: list[str] = []
                pdf.write_bytes(render(html, missing.append))
                signs.write_text("".join(missing), encoding="utf-8")
        for sign in signs.read_text("utf-8"):
            on_missing(sign)
        return pdf.read_bytes()

    return get


def poppler(program: str, *arguments: str | Path, given: bytes | None = None) -> bytes:
    """What one of Poppler's programs says of a file, or of what it is given."""
    executable = shutil.which(program)
    assert executable, f"{program} is missing: install poppler-utils (make setup does)"
    return subprocess.run([executable, *arguments], input=given, capture_output=True, check=True).stdout


def words_of_pages(pdf: bytes) -> list[str]:
    """The words of each page in reading order, with single spaces."""
    text = poppler("pdftotext", "-", "-", given=pdf).decode("utf-8")
    return [" ".join(page.split()) for page in text.split("\f")[:-1]]


def words_of_pdf(pdf: bytes) -> str:
    return " ".join(words_of_pages(pdf))
