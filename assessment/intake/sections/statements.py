"""The columns of statements."""

from __future__ import annotations

from assessment.intake.sections.groups import columns_of

__all__ = ["columns_of"]
