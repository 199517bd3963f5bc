"""The plan of a round: changed, previewed, printed."""

from assessment.web.plans.views import blueprint

__all__ = ["blueprint"]
