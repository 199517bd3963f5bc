"""The result of rubrics beside the pillars."""

from __future__ import annotations

from reports.sections.groups import block_of, lines_of

__all__ = ["block_of", "lines_of"]
