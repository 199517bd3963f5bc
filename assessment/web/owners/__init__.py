"""An owner's own actions, by a link and without an account."""

from assessment.web.owners.views import blueprint

__all__ = ["blueprint"]
