"""The result of statements beside the pillars."""

from __future__ import annotations

from reports.sections.groups import asked_words, block_of, lines_of

__all__ = ["asked_words", "block_of", "lines_of"]
