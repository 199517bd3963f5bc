"""A responses file that somebody sends: received, read in a process of its own, carried from one page to the next."""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from flask import abort, request
from flask_wtf.file import FileField, FileRequired
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response
from wtforms import BooleanField, SelectField

from assessment.catalogue.catalogue import DEFAULT_QUESTIONNAIRE, UnknownQuestionnaire
from assessment.domain.questionnaire import Questionnaire
from assessment.infra.languages import Localisation
from assessment.intake.notes import describe_note
from assessment.intake.problems import UNKNOWN_COLUMNS, InvalidFile, describe
from assessment.intake.responses import Responses
from assessment.services.import_round import empty_file, read_upload
from assessment.web.downloads import document_name, file_response
from assessment.web.forms import Form, choices_of
from assessment.web.languages import lazy_gettext as _
from assessment.web.languages import reader as reader_now
from assessment.web.prepare import documents, make_now

LARGEST_FILE = 1_000_000
PROBLEMS_SHOWN = 50
MIMETYPES = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


class FileTooLarge(Exception):
    """A file beyond `LARGEST_FILE`."""


class FileForm(Form):
    """The first page: the file."""

    file = FileField(_("File with the answers"), [FileRequired(_("Please choose a file."))])
    questionnaire = SelectField(_("Questionnaire"), default=DEFAULT_QUESTIONNAIRE)
    ignore_unknown = BooleanField(_("Ignore unknown columns"))


@dataclass(frozen=True, slots=True)
class FileProblems:
    """Everything that is wrong with a file, in sentences; `more` are not shown."""

    sentences: tuple[str, ...]
    more: int
    has_unknown_columns: bool
    where: tuple[str, ...] = ()
    """In which part of the file they are."""


def file_form(reader: Localisation, offered: Sequence[Questionnaire]) -> FileForm:
    form = FileForm()
    form.questionnaire.choices = choices_of((one.id, reader.text(one.title)) for one in offered)
    return form


def chosen_questionnaire(questionnaire_id: str, offered: Sequence[Questionnaire]) -> Questionnaire:
    """Raises `UnknownQuestionnaire`."""
    for questionnaire in offered:
        if questionnaire.id == questionnaire_id:
            return questionnaire
    raise UnknownQuestionnaire(questionnaire_id, tuple(one.id for one in offered))


def read_file(data: bytes, ignore_unknown: object, questionnaire: Questionnaire, *, team: str = "") -> Responses:
    """In a process of its own, one file at a time: what somebody sends may take long, or die of it.

    Raises `InvalidFile`.
    """
    return make_now(documents().files, read_upload, data, questionnaire, ignore_unknown=bool(ignore_unknown), team=team)


def read_sent(form: FileForm, questionnaire: Questionnaire, *, team: str = "") -> tuple[bytes, Responses]:
    """What the first page sent, and what it says. Raises `FileTooLarge` or `InvalidFile`, and the form says so."""
    try:
        data = received(form.file.data)
        return data, read_file(data, form.ignore_unknown.data, questionnaire, team=team)
    except FileTooLarge:
        form.add_error(form.file, _("The file is larger than 1 MB. Send only the answers, without pictures."))
        raise
    except InvalidFile:
        form.add_error(form.file, _("The file cannot be used as it is."))
        raise


def file_problems(invalid: InvalidFile, reader: Localisation) -> FileProblems:
    sentences = tuple(describe(problem, reader) for problem in invalid.problems[:PROBLEMS_SHOWN])
    return FileProblems(
        sentences,
        invalid.count - len(sentences),
        any(problem.code in UNKNOWN_COLUMNS for problem in invalid.problems),
        tuple(describe_note(note, reader) for note in invalid.notes),
    )


def received(file: FileStorage) -> bytes:
    """What was sent. Raises `FileTooLarge`."""
    data = file.stream.read(LARGEST_FILE + 1)
    file.close()
    if len(data) > LARGEST_FILE:
        raise FileTooLarge
    return data


def packed(data: bytes) -> str:
    """A file as a hidden field carries it."""
    return base64.b64encode(zlib.compress(data)).decode("ascii")


def unpacked(text: str) -> bytes:
    """Raises `FileTooLarge` for what is no file of the first page."""
    try:
        unpacking = zlib.decompressobj()
        data = unpacking.decompress(base64.b64decode(text, validate=True), LARGEST_FILE + 1)
    except (binascii.Error, ValueError, zlib.error):
        raise FileTooLarge from None
    if len(data) > LARGEST_FILE or not unpacking.eof:
        raise FileTooLarge
    return data


def send_empty_file(whose: str, points: Sequence[str], offered: Sequence[Questionnaire]) -> Response:
    """An empty file with these perception points, in the reader's language, as a workbook or with `format=csv`.

    The address says which `questionnaire`; `whose` it is becomes part of the name.
    """
    reader = reader_now()
    file_format = "csv" if request.args.get("format") == "csv" else "xlsx"
    try:
        questionnaire = chosen_questionnaire(request.args.get("questionnaire", DEFAULT_QUESTIONNAIRE), offered)
    except UnknownQuestionnaire:
        abort(404)
    name = document_name(
        reader.gettext("answers"),
        whose,
        reader.text(questionnaire.title) if len(offered) > 1 else "",
        reader=reader,
        extension=file_format,
    )
    content = make_now(documents().files, empty_file, points, questionnaire, file=name, reader=reader)
    return file_response(content, name, mimetype=MIMETYPES[file_format])
