"""The link in e-mail by which whoever gets it ends it."""

from assessment.web.unsubscribing.views import blueprint

__all__ = ["blueprint"]
