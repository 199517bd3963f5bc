"""`make bench`: prints the table of docs/performance.md."""

from __future__ import annotations

import os
import platform

from bench import documents, lists, printing, scoring, web


def main() -> None:
    print(f"Python {platform.python_version()}, {platform.system()}, {os.cpu_count()} cores\n")
    print("| what | measured | aim |\n|---|---|---|")
    for row in (*scoring.rows(), *documents.rows(), *web.rows(), *printing.rows(), *lists.rows()):
        print(f"| {row.name} | {row.measured} | {row.aim} |")


if __name__ == "__main__":
    main()
