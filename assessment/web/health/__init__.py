"""Whether the server and its database answer."""

from assessment.web.health.views import blueprint

__all__ = ["blueprint"]
