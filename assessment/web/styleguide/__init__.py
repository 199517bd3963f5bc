"""The living style page: every component, in development only."""

from assessment.web.styleguide.views import blueprint

__all__ = ["blueprint"]
