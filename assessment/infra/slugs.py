"""Slugs: names as they stand in ids and file names, and back."""

from __future__ import annotations

import re
import unicodedata


def slug(name: str) -> str:
    """Lower-case ASCII letters and digits with hyphens: "Atención en caja" → "atencion-en-caja". May be empty."""
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")


_SLUG = re.compile(r"[a-z0-9]+(?:[-_]+[a-z0-9]+)*")


def name_from_slug(text: str) -> str:
    """An id as a name: `entrega-a-domicilio` → "Entrega a domicilio". A person's own words stay as they are."""
    if not _SLUG.fullmatch(text):
        return text
    words = text.replace("-", " ").replace("_", " ").strip()
    return words[:1].upper() + words[1:]
