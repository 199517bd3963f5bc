"""Who belongs to an organisation: invitations, roles, leaving."""

from assessment.web.members.views import blueprint

__all__ = ["blueprint"]
