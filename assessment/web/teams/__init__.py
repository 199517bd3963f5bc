"""Teams: name, size, kind, the sequence of perception points, targets; one by one, or several from a list."""

from assessment.web.teams import several, views
from assessment.web.teams.blueprint import blueprint

__all__ = ["blueprint", "several", "views"]
