"""E-mail that the organisation had sent: what waits, what failed, what can be tried again."""

from assessment.web.outbox.views import blueprint

__all__ = ["blueprint"]
