"""`GET /styleguide`, in debug mode and in tests; nobody else finds it."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, render_template
from wtforms import BooleanField, IntegerField, RadioField, SelectField, StringField, TextAreaField

from assessment.web.forms import Form, choices_of

blueprint = Blueprint("styleguide", __name__)

COLOURS = ("paper", "surface", "ink", "muted", "line", "accent", "accent-wash", "warn", "ring")
LADDER = ("l1", "l2", "l3", "l4", "l5", "l6")
MATURITY = ("m1", "m2", "m3", "m4", "m5")


class SampleForm(Form):
    """Every kind of field; shown, never sent."""

    name = StringField("Text")
    size = IntegerField("Number")
    kind = SelectField("Choice", choices=choices_of([("a", "Mesa de ayuda"), ("b", "Restaurant")]))
    language = RadioField("Options", choices=choices_of([("es", "Español"), ("en", "English")]))
    agreed = BooleanField("Tick")
    line = TextAreaField("A line that grows")
    words = TextAreaField("Long text")


@blueprint.get("/styleguide")
def styleguide() -> str:
    if not (current_app.debug or current_app.testing):
        abort(404)
    wrong = SampleForm(prefix="wrong")
    wrong.name.errors = ["Please write a name."]
    return render_template(
        "styleguide/styleguide.html",
        form=SampleForm(),
        wrong=wrong,
        palettes=(("Colours", COLOURS), ("Ladder", LADDER), ("Maturity", MATURITY)),
    )
