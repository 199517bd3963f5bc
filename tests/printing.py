"""Documents for tests that look at what was printed, not at the printing: the same page is printed once a run.

All that a document shows is in its page, so the same page gives the same document.
"""

from __future__ import annotations

import fcntl
import hashlib
from collections.abc import Callable
from pathlib import Path

Render = Callable[[str], bytes]


def printed_once(render: Render, folder: Path) -> Render:
    """The same function, which keeps what it has made in a folder that workers may share."""

    def get(html: str) -> bytes:
        pdf = folder / f"{hashlib.sha256(html.encode()).hexdigest()}.pdf"
        with pdf.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not pdf.exists():
                pdf.write_bytes(render(html))
        return pdf.read_bytes()

    return get
