"""A team's rounds that repeat by themselves: set up, paused, ended."""

from assessment.web.repetitions.views import blueprint

__all__ = ["blueprint"]
