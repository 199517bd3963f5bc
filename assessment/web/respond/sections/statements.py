"""The pages of statements."""

from __future__ import annotations

from assessment.web.respond.sections.groups import pages_of

__all__ = ["pages_of"]
