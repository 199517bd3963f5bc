"""`escala score`: a responses file → the result of all its teams, as JSON or as a table."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from assessment.cli.console import Console
from assessment.cli.options import add_parser, add_responses_options, checked_minimum_group, read_files
from assessment.infra.languages import Localisation

if TYPE_CHECKING:
    from assessment.domain.questionnaire import Questionnaire
    from assessment.domain.result import RoundResult, TeamResult


def add_command(commands: Any, reader: Localisation) -> argparse.ArgumentParser:
    _ = reader.gettext
    command = add_parser(
        commands,
        reader,
        "score",
        help=_("score a responses file"),
        description=_("Scores a responses file, all teams."),
    )
    add_responses_options(command, reader)
    command.add_argument(
        "--format", choices=("json", "table"), default="json", help=_("json (full precision) or table")
    )
    return command


def run(options: argparse.Namespace, console: Console) -> int:
    minimum = checked_minimum_group(options, console.reader)
    files = read_files(options, console)
    if files is None:
        return 2
    from assessment.services.score_responses import score_files

    result = score_files(files, minimum_group=minimum, on_team=console.progress(len(files.current.teams)))
    if options.format == "json":
        import json

        from assessment.services.result_document import result_document

        json.dump(result_document(result, files.questionnaire), sys.stdout, ensure_ascii=False, indent=1)
        print()
    else:
        print(_table(result, files.questionnaire, console.reader))
    sys.stdout.flush()
    return 0


def _table(result: RoundResult, questionnaire: Questionnaire, reader: Localisation) -> str:
    """One block per team: pillars with score, level and agreement, then the ladder, then further sections."""
    from reports.engine import words
    from reports.sections.block import heading_line, section_lines
    from reports.sections.groups import score_line

    _ = reader.gettext
    lines: list[str] = []
    names = {pillar.id: reader.text(pillar.name) for pillar in questionnaire.pillars}
    width = max((len(name) for name in names.values()), default=0)
    for team in result.teams:
        lines.append(team.team)
        lines.append("─" * len(team.team))
        if team.withheld:
            lines.append(
                _(
                    "Withheld: %(scored)s scored, fewer than the minimum of %(minimum)s.",
                    scored=team.scored,
                    minimum=result.minimum_group,
                )
            )
            lines.append("")
            continue
        if questionnaire.beside and team.pillars:
            lines.append(heading_line(reader.text(questionnaire.title)))
        lines += [score_line(names[pillar.pillar], pillar, width, reader) for pillar in team.pillars]
        for point in team.ladder:
            step = "" if point.median is None else words.numbered_step(point.median, questionnaire.ladder, reader)
            mark = _mark(point.point, team, reader)
            lines.append(f"{point.point:<{width}}  {step}{mark}".rstrip())
        lines += _proposed(team, questionnaire, names, reader)
        lines += section_lines(questionnaire, team, reader)
        lines.append("")
    return "\n".join(lines).rstrip()


def _proposed(
    team: TeamResult, questionnaire: Questionnaire, names: dict[str, str], reader: Localisation
) -> Iterable[str]:
    """The priorities, and which pillars weigh the same; or why there are none."""
    from assessment.domain import conventions as c
    from reports.engine import words

    if team.priorities:
        chosen = ", ".join(names[entry.pillar] for entry in team.priorities[: c.PROPOSED_PRIORITIES])
        yield reader.gettext("Proposed priorities: %(pillars)s.", pillars=chosen)
        yield from words.level_words_of(team.priorities, names, reader)
    elif any(pillar.mean is not None for pillar in team.pillars):
        yield reader.gettext(
            "No priorities are proposed: no pillar is %(size)s or more below its target.",
            size=words.smallest_change(questionnaire.scale, reader),
        )
    elif team.pillars:
        yield reader.gettext("No priorities are proposed: too few answered the pillars.")


def _mark(point: str, team: TeamResult, reader: Localisation) -> str:
    """That a point is the weakest, or one of those that are level with it; nothing where all are."""
    if point not in team.lowest_points or team.has_level_ladder:
        return ""
    is_one = len(team.lowest_points) == 1
    return "  " + (reader.gettext("← the weakest") if is_one else reader.gettext("← one of the lowest"))
