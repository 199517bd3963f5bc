"""That a result counts more answers than the team has people, in words."""

from __future__ import annotations

from assessment.domain.surplus import Surplus
from assessment.infra.languages import Localisation


def in_full(surplus: Surplus | None, reader: Localisation) -> str:
    """Beside the result: what is known, what it means, and why, in the words of whoever published."""
    if surplus is None or surplus.is_corrected:
        return in_short(surplus, reader)
    sentences = [in_short(surplus, reader)]
    if surplus.size_before is not None:
        sentences.append(
            reader.ngettext(
                "Until its size was corrected during the round, the team had %(n)s person.",
                "Until its size was corrected during the round, the team had %(n)s people.",
                surplus.size_before,
            )
        )
    sentences.append(reader.gettext("Some may be duplicates, or come from outside the team; nobody can tell which."))
    if surplus.reason:
        sentences.append(reader.gettext("Whoever published the results says: “%(reason)s”", reason=surplus.reason))
    return " ".join(sentences)


def in_short(surplus: Surplus | None, reader: Localisation) -> str:
    """On the sheet for the wall."""
    if surplus is None:
        return ""
    if surplus.is_corrected:
        return reader.gettext(
            "%(answered)s answers came in. While the round was under way, the team's size was corrected from "
            "%(before)s to %(size)s people.",
            answered=reader.number(surplus.answered),
            before=reader.number(surplus.size_before or surplus.size),
            size=reader.number(surplus.size),
        )
    return reader.ngettext(
        "%(answered)s answers came in, and the team has %(n)s person.",
        "%(answered)s answers came in, and the team has %(n)s people.",
        surplus.size,
        answered=reader.number(surplus.answered),
    )
