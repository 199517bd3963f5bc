"""QR codes as SVG, the same in page and PDF: dark on white in every colour scheme, as cameras expect."""

from __future__ import annotations

import re
from itertools import groupby

from markupsafe import Markup, escape

from assessment.infra.languages import Localisation

QUIET_ZONE = 4
"""Modules of white around the code, as the standard asks."""


def qr_code(words: str, label: str, *, css_class: str = "qr") -> Markup:
    """The words as a QR code that survives a scratch (error correction M), with a label for screen readers.

    One path holds all modules: drawn one by one, their edges would show as hairlines.
    """
    import segno

    rows = [bytes(row) for row in segno.make(words, error="m", micro=False).matrix]
    size = len(rows) + 2 * QUIET_ZONE
    path = "".join(_runs(row, y) for y, row in enumerate(rows, start=QUIET_ZONE))
    return Markup(  # noqa: S704 - the label is escaped, the rest is of our own making
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{css_class}" role="img" aria-label="{escape(label)}" '
        f'viewBox="0 0 {size} {size}" shape-rendering="crispEdges"><title>{escape(label)}</title>'
        f'<path fill="#fff" d="M0 0h{size}v{size}H0z"/><path fill="#000" d="{path}"/></svg>'
    )


def address_code(link: str, reader: Localisation) -> Markup:
    """A link as a QR code that says to screen readers which address it is."""
    return qr_code(link, reader.gettext("QR code of the address %(address)s", address=link))


def typed_address(link: str) -> tuple[str, str]:
    """A link as people type it, without its scheme: up to the last slash, and the secret, which stays on one line."""
    prefix, slash, secret = re.sub("^https?://", "", link, flags=re.IGNORECASE).rpartition("/")
    return prefix + slash, secret


def _runs(row: bytes, y: int) -> str:
    """The dark modules of a row as rectangles."""
    path, x = "", QUIET_ZONE
    for is_dark, modules in groupby(row):
        width = len(list(modules))
        if is_dark:
            path += f"M{x} {y}h{width}v1h-{width}z"
        x += width
    return path
