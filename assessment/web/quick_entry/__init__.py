"""Quick entry: what people answered on paper, typed sheet by sheet."""

from assessment.web.quick_entry.views import blueprint

__all__ = ["blueprint"]
