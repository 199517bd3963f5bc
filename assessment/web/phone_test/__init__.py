"""Before a room fills: whether a phone reaches this computer, and what to try if none does."""

from assessment.web.phone_test.views import blueprint

__all__ = ["blueprint"]
