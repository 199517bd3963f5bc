"""What those who answered are told once there is a result."""

from assessment.web.feedback.views import blueprint

__all__ = ["blueprint"]
