"""Organisations: those one works for, and what they are like."""

from assessment.web.organisations.views import blueprint

__all__ = ["blueprint"]
