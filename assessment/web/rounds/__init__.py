"""Rounds of a team: opened or brought in from a file, shared, followed, stopped and published."""

from assessment.web.rounds import import_file, printouts, views
from assessment.web.rounds.blueprint import blueprint

__all__ = ["blueprint", "import_file", "printouts", "views"]
