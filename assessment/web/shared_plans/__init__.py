"""A shared plan, read by whoever has its link."""

from assessment.web.shared_plans.views import blueprint

__all__ = ["blueprint"]
