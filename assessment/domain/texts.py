"""A text in Spanish and English side by side: what content is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Language = Literal["es", "en"]
LANGUAGES: tuple[Language, ...] = ("es", "en")


@dataclass(frozen=True, slots=True)
class Text:
    """One text in both languages."""

    es: str
    en: str

    def in_language(self, language: Language) -> str:
        return self.es if language == "es" else self.en


NO_TEXT = Text("", "")
