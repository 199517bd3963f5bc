"""The start page, and the language of all pages."""

from assessment.web.home.views import blueprint

__all__ = ["blueprint"]
