"""Why an engagement file is not imported, in sentences: the same at the command line and on pages."""

from __future__ import annotations

from assessment.infra.languages import N_, Localisation
from assessment.services.engagement_format import EngagementFlaw, InvalidEngagement
from assessment.services.engagement_import import NotImported, Standing

FLAWS = {
    EngagementFlaw.NO_ENGAGEMENT: N_("The file is not an engagement file of Escala: choose another one."),
    EngagementFlaw.DAMAGED: N_("The file is damaged or incomplete: copy it again from where it was made."),
    EngagementFlaw.LATER_VERSION: N_("The file comes from a newer Escala: update this one, then try again."),
    EngagementFlaw.TOO_LARGE: N_(
        "The file holds more than can be read here: whoever runs the server can import it at the command line."
    ),
    EngagementFlaw.TOO_LARGE_HERE: N_(
        "The organisation of this file is here already, with more rounds than a page can compare with the file: "
        "whoever runs the server can import it at the command line."
    ),
    EngagementFlaw.NEEDS_PASSPHRASE: N_("The file is encrypted: write the passphrase that it was made with."),
    EngagementFlaw.WRONG_PASSPHRASE: N_(
        "The passphrase does not open this file: check it, capital letters and spaces too. If it is right, somebody "
        "has changed the file."
    ),
    EngagementFlaw.SEAL_BROKEN: N_(
        "The passphrase is right, but the file was changed or cut off after it was encrypted: do not trust it, and ask "
        "for it again."
    ),
    EngagementFlaw.NOT_VALID: N_(
        "The file holds something that Escala does not write (%(place)s): ask whoever made it for another one."
    ),
    EngagementFlaw.UNKNOWN_CONTENT: N_(
        "The file names something that this Escala does not know (%(place)s): update this one, then try again."
    ),
    EngagementFlaw.HAS_ANSWERS: N_(
        "The file holds what each person answered. Such a file is imported at the command line alone, by whoever "
        "runs the server."
    ),
}
STANDINGS = {
    Standing.EARLIER: N_("“%(organisation)s” is here already, and has gone on since this file was made."),
    Standing.APART: N_(
        "“%(organisation)s” is here already, and both have changed: here, and where the file was made. Neither can "
        "take the other's place."
    ),
    Standing.WOULD_LOSE: N_(
        "“%(organisation)s” is here already, and has answers, links, or printed or photographed plans that are only "
        "here. The file would take their place."
    ),
}


def describe_flaw(error: InvalidEngagement, reader: Localisation) -> str:
    return reader.gettext(FLAWS[error.flaw], place=error.place)


def describe_refusal(error: NotImported, reader: Localisation) -> str:
    return reader.gettext(STANDINGS[error.standing], organisation=error.organisation)
