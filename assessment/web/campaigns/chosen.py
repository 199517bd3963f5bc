"""Which of a campaign's rounds a page is about: all, or those of the teams with a tag (`?tag=`)."""

from __future__ import annotations

import uuid
from typing import Any

from assessment.infra.clock import utc_now
from assessment.services.access import Access
from assessment.services.campaigns import CampaignState, get_campaign, with_tag
from assessment.web.pages import requested_tag
from assessment.web.transactions import session


def chosen_campaign(access: Access, campaign_id: uuid.UUID) -> CampaignState:
    """The campaign with the chosen rounds. Raises `UnknownCampaign`."""
    state = get_campaign(session(), access=access, campaign_id=campaign_id, now=utc_now())
    tag = requested_tag()
    return with_tag(session(), state=state, tag=tag) if tag else state


def tag_in_address() -> dict[str, Any]:
    """For addresses that are about the same rounds."""
    tag = requested_tag()
    return {"tag": tag} if tag else {}
