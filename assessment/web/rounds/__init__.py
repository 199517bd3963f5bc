"""Rounds of a team: opened or brought in from a file, shared, announced, followed, stopped and published."""

from assessment.web.rounds import by_mail, import_file, printouts, views
from assessment.web.rounds.blueprint import blueprint

__all__ = ["blueprint", "by_mail", "import_file", "printouts", "views"]
