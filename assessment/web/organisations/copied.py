"""What a new organisation takes over from another one, in words: all of it, line by line."""

from __future__ import annotations

from assessment.infra.languages import N_, Localisation
from assessment.services.like_another import ToCopy
from assessment.services.privacy_notices import law_of
from assessment.services.questionnaires import offered_questionnaires
from assessment.web.languages import LANGUAGE_NAMES
from assessment.web.transactions import session

PAPER_WORDS: dict[str | None, str] = {None: N_("as is usual in the country"), "letter": N_("Letter"), "a4": "A4"}


def copied_words(copied: ToCopy, reader: Localisation) -> list[tuple[str, str]]:
    """What it is, and how it is set; moments apart."""
    like = copied.organisation
    offered = offered_questionnaires(session(), organisation_id=like.id)
    titles = [reader.text(one.title) for one in offered if one.id in copied.questionnaires]
    usual = reader.gettext("as usual")
    return [
        (reader.gettext("Smallest group that results are shown for"), reader.number(like.minimum_group)),
        (reader.gettext("What a first round asks"), reader.list_of(titles) or usual),
        (reader.gettext("Paper"), reader.gettext(PAPER_WORDS[like.paper])),
        (
            reader.gettext("Language of documents"),
            dict(LANGUAGE_NAMES).get(like.document_language or "", reader.gettext("that of whoever prints")),
        ),
        (reader.gettext("Answers are kept"), _kept(like.keep_answers_months, reader)),
        (reader.gettext("Results are kept"), _kept(like.keep_results_months, reader)),
        (reader.gettext("Law of the privacy notice, in the same country"), reader.text(law_of(like).name)),
        (reader.gettext("Who accompanies it"), _accompanied(copied, reader)),
    ]


def _accompanied(copied: ToCopy, reader: Localisation) -> str:
    if not copied.consultancy.name:
        return reader.gettext("nobody")
    if not copied.consultancy.checksum:
        return copied.consultancy.name
    return reader.gettext("%(name)s, with its logo", name=copied.consultancy.name)


def _kept(months: int | None, reader: Localisation) -> str:
    if months is None:
        return reader.gettext("until they are deleted")
    return reader.ngettext("%(n)s month", "%(n)s months", months)
