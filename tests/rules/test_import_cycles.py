"""No module, and no folder, imports itself by way of others."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter

import grimp
import pytest

Edge = tuple[str, str]
Graph = dict[str, set[str]]

KNOWN: dict[str, set[Edge]] = {
    "assessment.web": {
        ("accounts", "members"),
        ("limits", "accounts"),
        ("organisations", "home"),
    },
}
"""By package, the imports between its children that still close a circle; one that closes none any more must go."""


@cache
def import_graph() -> grimp.ImportGraph:
    """All modules of the product; imports inside functions and under `TYPE_CHECKING` count."""
    return grimp.build_graph("assessment", "reports", cache_dir=None)


def children_graph(package: str) -> Graph:
    """Which child of a package imports which other one, itself or by a module below it."""
    graph: Graph = {}
    for importer, imported in edges_below(package):
        graph.setdefault(importer, set()).add(imported)
    return graph


def edges_below(package: str) -> Iterator[Edge]:
    prefix = f"{package}."
    for module in import_graph().modules:
        for imported in import_graph().find_modules_directly_imported_by(module):
            if module.startswith(prefix) and imported.startswith(prefix):
                children = (child_of(module, prefix), child_of(imported, prefix))
                if children[0] != children[1]:
                    yield children


def child_of(module: str, prefix: str) -> str:
    return module.removeprefix(prefix).partition(".")[0]


def cycle_in(graph: Graph) -> list[str]:
    """One circle, each name importing the next; empty where there is none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(reversed(error.args[1]))
    return []


def without(graph: Graph, edges: set[Edge]) -> Graph:
    return {node: {other for other in graph[node] if (node, other) not in edges} for node in graph}


def test_no_modules_import_each_other_in_a_circle() -> None:
    graph = {module: set(import_graph().find_modules_directly_imported_by(module)) for module in import_graph().modules}
    assert len(graph) > 100
    assert cycle_in(graph) == []


def packages() -> list[str]:
    return sorted(module for module in import_graph().modules if import_graph().find_children(module))


@pytest.mark.parametrize("package", packages())
def test_no_children_of_a_package_import_each_other_in_a_circle(package: str) -> None:
    """A child is a module or a whole folder: features of the web application, documents, layers."""
    assert cycle_in(without(children_graph(package), KNOWN.get(package, set()))) == []


def test_the_known_circles_still_exist() -> None:
    for package, edges in KNOWN.items():
        for edge in edges:
            assert cycle_in(without(children_graph(package), edges - {edge})), f"{package}: {edge} closes no circle"


def test_a_circle_is_recognised() -> None:
    assert set(cycle_in({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}})) == {"a", "b", "c"}
