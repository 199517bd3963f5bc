"""Teams: name, size, kind, the sequence of perception points, targets."""

from assessment.web.teams.views import blueprint

__all__ = ["blueprint"]
