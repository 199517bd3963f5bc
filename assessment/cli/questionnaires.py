"""`escala questionnaires list | check | show`: the catalogue, and the validation of a content file."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from assessment.cli.console import Console
from assessment.cli.options import add_common, add_parser, questionnaires_found
from assessment.infra.languages import Localisation


def add_command(commands: Any, reader: Localisation) -> argparse.ArgumentParser:
    _ = reader.gettext
    command = add_parser(
        commands,
        reader,
        "questionnaires",
        help=_("list, check or show questionnaires"),
        description=_("The catalogue of questionnaires, and the validation of a questionnaire file."),
    )
    tasks = command.add_subparsers(dest="task", metavar="list | check | show", required=True, title=_("commands"))
    listed = tasks.add_parser("list", help=_("all questionnaires"), add_help=False)
    checked = tasks.add_parser("check", help=_("validate questionnaire files, or folders of them"), add_help=False)
    checked.add_argument("paths", metavar=_("PATH"), type=Path, nargs="+", help=_("a YAML file, or a folder"))
    shown = tasks.add_parser("show", help=_("the statements of a questionnaire"), add_help=False)
    shown.add_argument("id", metavar="ID", help=_("its id"))
    for task in (listed, checked, shown):
        add_common(task, reader)
    return command


def run(options: argparse.Namespace, console: Console) -> int:
    if options.task == "list":
        return _list(console)
    if options.task == "check":
        return _check(options.paths, console)
    return _show(options.id, console)


def _list(console: Console) -> int:
    from assessment.catalogue.catalogue import load_questionnaire, questionnaire_ids

    for id_ in questionnaire_ids():
        questionnaire = load_questionnaire(id_)
        answers = sum(section.statement_count + section.description_count for section in questionnaire.sections)
        count = console.reader.ngettext("%(n)s answer", "%(n)s answers", answers)
        print(f"{id_}\tv{questionnaire.version}\t{console.reader.text(questionnaire.title)}\t{count}")
    return 0


def _check(paths: list[Path], console: Console) -> int:
    from assessment.catalogue.loader import InvalidContent, read_content

    reader = console.reader
    files = [file for path in paths for file in (sorted(path.rglob("*.yaml")) if path.is_dir() else [path])]
    if not files:
        console.say_error(reader.gettext("There is no .yaml file to check there."))
        return 2
    sentences = []
    for file in files:
        try:
            read_content(file)
        except InvalidContent as error:
            sentences += [problem.describe(reader) for problem in error.problems]
    if sentences:
        console.say_problems(sentences)
        return 2
    console.say(reader.ngettext("%(n)s file is valid.", "%(n)s files are valid.", len(files)))
    return 0


def _show(id_: str, console: Console) -> int:
    from assessment.catalogue.catalogue import load_asked

    reader = console.reader
    with questionnaires_found(reader):
        questionnaire = load_asked([id_])
    print(f"{reader.text(questionnaire.title)} ({questionnaire.id} v{questionnaire.version})")
    print(questionnaire.checksum)
    for section in questionnaire.sections:
        for line in section.outline:
            start = "   " * line.depth if line.depth else "\n"
            print(f"{start}{line.mark} {reader.text(line.text)}{f' ({line.id})' if line.id else ''}")
    return 0
