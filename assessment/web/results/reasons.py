"""Why a round is compared with no other, and why no plan stands on it: sentences for page and slides."""

from __future__ import annotations

from assessment.infra.languages import N_
from assessment.services.comparison import NoChange

NO_CHANGE = {
    NoChange.FIRST_ROUND: N_(
        "This is the team's first round with these questions: the next one will show what has changed."
    ),
    NoChange.OTHER_WORDING: N_(
        "The questionnaire is not the one of the round before, so the two are not compared: another wording gets "
        "other answers."
    ),
    NoChange.CONSENSUS: N_("Answers that were agreed together have no statistics, so no change is worked out."),
    NoChange.TOO_FEW: N_("One of the two rounds had too few answers to compare them."),
    NoChange.ANSWERS_DELETED: N_(
        "The answers of the round before are not kept here: they were deleted, as people were told, or it came in a "
        "file without them. A change could not be worked out."
    ),
}

NO_PLAN = {
    False: N_(
        "There is no plan for this round: a plan is based on the pillars, and this round did not ask about them."
    ),
    True: N_(
        "There is no plan for this round: a plan is based on the pillars, and too little was answered about them."
    ),
}
"""Why nothing is planned on a result; the key is whether the round asked about pillars."""
