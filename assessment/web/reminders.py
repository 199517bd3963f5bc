"""When the people of a round can be reminded by e-mail, in words: for the round's page, and for that of a campaign."""

from __future__ import annotations

import datetime as dt

from assessment.infra.languages import Localisation
from assessment.web.dates import format_opening


def next_reminder_words(
    at: dt.datetime | None, closes_at: dt.datetime | None, time_zone: str, reader: Localisation
) -> str:
    """Why none can go out yet, and when one can; `at` is `None` where there is nobody to write to."""
    if at is None:
        return reader.gettext("There is nobody to be reminded by e-mail.")
    if closes_at is not None and closes_at <= at:
        return reader.gettext(
            "Everybody invited has been written to, and the round closes before another reminder can go out."
        )
    return reader.gettext(
        "Everybody invited has been written to. The next reminder can go out from %(when)s on.",
        when=format_opening(at, time_zone, reader),
    )
