"""Slugs: names as they stand in ids and file names, and back."""

from __future__ import annotations

import re
import unicodedata


def slug(name: str) -> str:
    """Lower-case ASCII letters and digits with hyphens: "Atención en caja" → "atencion-en-caja". May be empty."""
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")


def name_from_slug(text: str) -> str:
    """An id as a name: `entrega-a-domicilio` → "Entrega a domicilio"."""
    words = text.replace("-", " ").replace("_", " ").strip()
    return words[:1].upper() + words[1:]
