"""Answering a round: an application of its own, mounted at `/r`."""

from assessment.web.respond.app import create_respondents_app

__all__ = ["create_respondents_app"]
