"""The columns of rubrics: the text of a level is an answer, too."""

from __future__ import annotations

from assessment.intake.sections.groups import columns_of

__all__ = ["columns_of"]
