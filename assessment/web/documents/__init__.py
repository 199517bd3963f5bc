"""The styles and fonts of printed documents, for their previews on screen."""

from assessment.web.documents.views import blueprint

__all__ = ["blueprint"]
