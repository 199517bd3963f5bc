"""Sign in and out, the password, the second step."""

from assessment.web.accounts import consultancy
from assessment.web.accounts.views import blueprint

__all__ = ["blueprint", "consultancy"]
