"""Taking part in a workshop from a phone: an application of its own, mounted at `/w`."""

from assessment.web.participate.app import create_participants_app

__all__ = ["create_participants_app"]
