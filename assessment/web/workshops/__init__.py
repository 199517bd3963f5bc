"""Hold a round as a workshop: whoever leads it, and the screen in front."""

from assessment.web.workshops import screen, views
from assessment.web.workshops.blueprint import blueprint

__all__ = ["blueprint", "screen", "views"]
