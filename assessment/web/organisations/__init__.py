"""Organisations: those one works for, what they are like, how their documents look, and how they travel."""

from assessment.web.organisations import consultancy, engagement, look, privacy
from assessment.web.organisations.views import blueprint

__all__ = ["blueprint", "consultancy", "engagement", "look", "privacy"]
