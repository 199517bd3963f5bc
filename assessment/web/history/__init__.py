"""All published rounds of a team beside each other."""

from assessment.web.history.views import blueprint

__all__ = ["blueprint"]
