"""What pages that delete for good have in common: the form, and how much goes along, in words."""

from __future__ import annotations

from collections.abc import Mapping

from wtforms import StringField
from wtforms.validators import InputRequired, Length

from assessment.infra.languages import Localisation
from assessment.web.forms import Form
from assessment.web.languages import lazy_gettext as _

WRONG_NAME = _("That is not the name. Write it as it stands above.")


class DeleteForm(Form):
    """Nothing is deleted unless its name is typed."""

    typed = StringField(
        _("Name to confirm"),
        [InputRequired(_("Please write the name.")), Length(max=320, message=WRONG_NAME)],
    )


def content_words(counts: Mapping[str, int], reader: Localisation) -> list[str]:
    """How much of each thing, without what there is none of."""
    count = {key: counts.get(key, 0) for key in ("teams", "rounds", "answers", "plans", "printed")}
    words = {
        "teams": reader.ngettext("%(n)s team", "%(n)s teams", count["teams"]),
        "rounds": reader.ngettext("%(n)s round with its results", "%(n)s rounds with their results", count["rounds"]),
        "answers": reader.ngettext("the answers of %(n)s person", "the answers of %(n)s people", count["answers"]),
        "plans": reader.ngettext("%(n)s plan, with its actions", "%(n)s plans, with their actions", count["plans"]),
        "printed": reader.ngettext("%(n)s printed document", "%(n)s printed documents", count["printed"]),
    }
    return [words[key] for key, number in count.items() if number]
