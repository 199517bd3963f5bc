"""A small questionnaire and responses files, built in code."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from assessment.domain.questionnaire import Item, Pillar, Questionnaire, Scale, ScalePoint, Step, Text
from assessment.domain.sections.focus import FocusSection
from assessment.domain.sections.ladder import LadderSection
from assessment.domain.sections.statements import StatementsSection
from assessment.domain.sections.text import TextSection
from assessment.infra.languages import Localisation
from assessment.intake.problems import Problem, ProblemCode, describe
from assessment.intake.text import printable

ENGLISH = Localisation("en")


def _readers() -> list[Localisation]:
    spanish = Localisation("es")
    try:
        spanish.gettext("Column")
    except FileNotFoundError:  # the Spanish catalogue is compiled by the build
        return [ENGLISH]
    return [ENGLISH, spanish]


READERS = _readers()

PILLARS = (
    ("language", "Lenguaje común del servicio", "Common service language", "Lenguaje", "Language"),
    ("vision", "Visión comprometida del servicio", "Engaging service vision", "Visión", "Vision"),
    ("recruitment", "Reclutamiento para el servicio", "Service recruitment", "Reclutamiento", "Recruitment"),
    ("orientation", "Inducción y orientación al servicio", "Service orientation", "Inducción", "Orientation"),
    ("communication", "Comunicación del servicio", "Service communication", "Comunicación", "Communication"),
    ("recognition", "Reconocimiento y recompensas", "Recognition and rewards", "Reconocimiento", "Recognition"),
    ("voice", "Voz del cliente", "Voice of the customer", "Voz", "Voice"),
    ("measures", "Medidas y métricas del servicio", "Service measures and metrics", "Medidas", "Measures"),
    ("improvement", "Proceso de mejoramiento del servicio", "Service improvement process", "Mejora", "Improvement"),
    ("recovery", "Recuperación y garantías del servicio", "Service recovery and guarantees", "Garantías", "Recovery"),
    ("benchmarking", "Benchmarking del servicio", "Service benchmarking", "Referentes", "Benchmarking"),
    ("role-modelling", "Ser modelo a seguir del servicio", "Service role modelling", "Ejemplo", "Example"),
)
VERBS = (
    ("Aquí se habla, sin rodeos, de", "Here people talk plainly about"),
    ("Cada mes alguien revisa", "Every month somebody reviews"),
    ("Quien llega aprende pronto", "Newcomers soon learn"),
    ("Cuando algo falla, se corrige", "When something fails, people mend"),
)
LABELS = (
    ("Casi nunca", "Hardly ever"),
    ("Pocas veces", "Seldom"),
    ("A veces", "Sometimes"),
    ("Casi siempre", "Nearly always"),
    ("Siempre", "Always"),
)
STEPS = (
    ("criminal", "Criminal", "Criminal", "Criminal: promesa rota", "Criminal: broken promise"),
    ("basic", "Básico", "Basic", "Básico: lo mínimo", "Basic: the bare minimum"),
    ("expected", "Esperado", "Expected", "Esperado: lo de siempre", "Expected: the usual"),
    ("desired", "Deseado", "Desired", "Deseado: como prefiere", "Desired: as preferred"),
    ("surprising", "Sorprendente", "Surprising", "Sorprendente: un regalo", "Surprising: a gift"),
    ("unbelievable", "Increíble", "Unbelievable", "Increíble: inolvidable", "Unbelievable: never forgotten"),
)


def _pillar(pillar: str, es: str, en: str, short_es: str, short_en: str) -> Pillar:
    items = tuple(
        Item(f"{pillar}-{number}", Text(es=f"{verb_es} {es.lower()}.", en=f"{verb_en} {en.lower()}."))
        for number, (verb_es, verb_en) in enumerate(VERBS, start=1)
    )
    return Pillar(pillar, Text(es=es, en=en), Text(es=short_es, en=short_en), Text(es=es, en=en), items)


def small_questionnaire() -> Questionnaire:
    """12 pillars of 4 items, five labels, six steps: the shape of the real one, with texts of its own."""
    points = tuple(ScalePoint(value, Text(es=es, en=en)) for value, (es, en) in enumerate(LABELS, start=1))
    steps = tuple(
        Step(value, step, Text(es=es, en=en), Text(es=label_es, en=label_en), Text(es="…", en="…"))
        for value, (step, es, en, label_es, label_en) in enumerate(STEPS, start=1)
    )
    dont_know = Text(es="No lo sé", en="I don't know")
    return Questionnaire(
        id="service-culture",
        version=1,
        checksum="sha256:0",
        title=Text(es="Cultura de servicio", en="Service culture"),
        introduction=Text(es="…", en="…"),
        sections=(
            StatementsSection(
                id="pillars",
                scale=Scale(Text(es="¿Con qué frecuencia?", en="How often?"), points, dont_know),
                groups=tuple(_pillar(*names) for names in PILLARS),
                are_pillars=True,
            ),
            FocusSection(
                id="focus",
                question=Text(es="¿Qué pilares importan más ahora?", en="Which pillars matter most now?"),
                at_most=3,
            ),
            LadderSection(
                id="ladder",
                question=Text(
                    es="¿Cómo cree que vive el cliente este momento?", en="How does the customer live this moment?"
                ),
                point_gloss=Text(
                    es="cada momento en que el cliente nota algo", en="each moment that the customer senses"
                ),
                dont_know=dont_know,
                steps=steps,
            ),
            TextSection(
                id="comment",
                question=Text(es="¿Algo más que quiera decir?", en="Anything else you want to say?"),
                warning=Text(es="No escriba nombres.", en="Write no names."),
            ),
        ),
    )


def csv_text(rows: Sequence[Sequence[str]], separator: str = ",") -> str:
    """Rows as a spreadsheet program would save them."""
    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerows(rows)
    return text.getvalue()


class ResponsesFile:
    """A good responses file of one team and one person, in which a test makes one error."""

    def __init__(self, items: list[str], rows: int = 1) -> None:
        self.header = ["team", "role", "respondent", *items, "ladder:contact", "focus", "comment"]
        self.rows = [["Soporte", "staff", f"A{n}", *("4" for _ in items), "4", "", ""] for n in range(1, rows + 1)]

    def put(self, column: str, value: str, row: int = 1) -> ResponsesFile:
        """Writes a value under a header, into a row counted from 1."""
        self.rows[row - 1][self.header.index(column)] = value
        return self

    def rename(self, column: str, header: str) -> ResponsesFile:
        self.header[self.header.index(column)] = header
        return self

    def drop(self, *columns: str) -> ResponsesFile:
        for column in columns:
            index = self.header.index(column)
            for cells in (self.header, *self.rows):
                del cells[index]
        return self

    def add(self, header: str, *values: str) -> ResponsesFile:
        self.header.append(header)
        for cells, value in zip(self.rows, values, strict=True):
            cells.append(value)
        return self

    @property
    def all_rows(self) -> list[list[str]]:
        return [self.header, *self.rows]

    def save(self, folder: Path, separator: str = ",") -> Path:
        path = folder / "responses.csv"
        path.write_text(csv_text(self.all_rows, separator), encoding="utf-8", newline="")
        return path


def check_sentence(problem: Problem) -> str:
    """The sentence in English; in each language it is complete, filled in, and names the problem's line and column."""
    for reader in READERS:
        sentence = describe(problem, reader)
        assert sentence.endswith("."), sentence
        assert "%(" not in sentence
        if problem.line is not None:
            assert f" {problem.line}" in sentence.partition(":")[0]
        if problem.column:
            assert printable(problem.column) in sentence
            assert problem.values["letter"] in sentence.partition(":")[0]
    return describe(problem, ENGLISH)


def codes(problems: Sequence[Problem]) -> list[ProblemCode]:
    return [problem.code for problem in problems]
