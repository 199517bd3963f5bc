"""The first visit: account, organisation and first team in one form."""

from assessment.web.setup.views import blueprint

__all__ = ["blueprint"]
