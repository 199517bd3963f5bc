"""`make bench`: prints the table of docs/performance.md."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator

from bench import documents, lists, mailing, portfolio, printing, publishing, room, scoring, web
from bench.large import large_organisation
from bench.timing import Row


def main() -> None:
    print(f"Python {platform.python_version()}, {platform.system()}, {os.cpu_count()} cores\n")
    print("| what | measured | aim |\n|---|---|---|")
    for row in _rows():
        print(f"| {row.name} | {row.measured} | {row.aim} |", flush=True)


def _rows() -> Iterator[Row]:
    for one in (scoring, documents, publishing, web, room, printing, mailing):
        yield from one.rows()
    with large_organisation() as made:
        yield from portfolio.rows(made)
        yield from lists.rows(made)


if __name__ == "__main__":
    main()
