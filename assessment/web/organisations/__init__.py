"""Organisations: those one works for, what they are like, and how their documents look."""

from assessment.web.organisations import consultancy, look, privacy
from assessment.web.organisations.views import blueprint

__all__ = ["blueprint", "consultancy", "look", "privacy"]
