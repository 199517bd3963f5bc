"""Rounds of a team: open one, share it, follow how many have answered, stop it and publish it."""

from assessment.web.rounds.views import blueprint

__all__ = ["blueprint"]
