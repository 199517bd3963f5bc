"""What a published round says: as a story on a page, and as the plan on paper."""

from assessment.web.results.views import blueprint

__all__ = ["blueprint"]
