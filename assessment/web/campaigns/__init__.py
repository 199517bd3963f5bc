"""Campaigns: rounds of several teams that are opened, followed and published together."""

from assessment.web.campaigns import acts, by_mail, from_file, views
from assessment.web.campaigns.blueprint import blueprint

__all__ = ["acts", "blueprint", "by_mail", "from_file", "views"]
