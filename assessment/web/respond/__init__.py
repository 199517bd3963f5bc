"""Answering a round at `/r/<token>`."""

from assessment.web.respond.views import blueprint

__all__ = ["blueprint"]
