"""The log of an organisation, for those who administer it."""

from assessment.web.audit.views import blueprint

__all__ = ["blueprint"]
