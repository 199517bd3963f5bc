"""What people answer with may be an old phone: its files use nothing that Android WebView 80 or Safari 13 lacks.

A whole script is lost by one sign that its browser cannot read, and a rule of style by one part of its selector.
"""

from __future__ import annotations

import re

import pytest

from tests.conftest import ROOT

STATIC = ROOT / "assessment/web/static"
TOO_NEW_IN_SCRIPTS = {
    "?.": r"\?\.(?!\d)",
    "??": r"\?\?",
    "a private field, or a field of a class": r"#\w+\s*[=(;]",
    "||=, &&= or ??=": r"(?:\|\||&&|\?\?)=",
    "1_000": r"\b\d+_\d",
    "replaceChildren": r"\breplaceChildren\b",
    "replaceAll": r"\breplaceAll\b",
    "at()": r"\.at\(",
    "flatMap of entries, fromEntries": r"\bfromEntries\b",
    "allSettled, any": r"Promise\.(?:allSettled|any)\b",
    "structuredClone": r"\bstructuredClone\b",
    "randomUUID": r"\brandomUUID\b",
    "AbortSignal.timeout": r"AbortSignal\.",
    "import at run time, or await outside of functions": r"\bimport\(|^await\b",
    "ResizeObserver": r"\bResizeObserver\b",
    "requestSubmit": r"\brequestSubmit\b",
}
TOO_NEW_IN_STYLES = {
    ":is(), :where() or :has()": r":(?:is|where|has)\(",
    "inset": r"(?:^|[{;\s])inset(?:-\w+)*\s*:",
    "a gap that a flex box would need": r"(?:^|[{;\s])(?:row-|column-)?gap\s*:",
    "aspect-ratio": r"(?:^|[{;\s])aspect-ratio\s*:",
    "accent-color": r"(?:^|[{;\s])accent-color\s*:",
    "nesting": r"(?:^|[{;])\s*&",
    "@layer or @container": r"@(?:layer|container)\b",
}


def without_comments(text: str) -> str:
    """Nor what a style sheet says only to browsers that understand it."""
    text = re.sub(r"@supports selector\([^{]+\) \{[^{]*\{[^}]*\} \}", "", text)
    return re.sub(r"/\*.*?\*/|^\s*//.*?$|(?<=\s)// .*?$", "", text, flags=re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize(
    ("file", "too_new"),
    [
        ("respond/draft.js", TOO_NEW_IN_SCRIPTS),
        ("respond/sending.js", TOO_NEW_IN_SCRIPTS),
        ("respond/steps.js", TOO_NEW_IN_SCRIPTS),
        ("participate.js", TOO_NEW_IN_SCRIPTS),
        ("participate.css", TOO_NEW_IN_STYLES),
        ("respond.css", TOO_NEW_IN_STYLES),
        ("tokens.css", TOO_NEW_IN_STYLES),
    ],
)
def test_what_people_answer_with_reads_on_old_phones(file, too_new):
    text = without_comments((STATIC / file).read_text("utf-8"))
    found = {name: match.group() for name, pattern in too_new.items() if (match := re.search(pattern, text, re.M))}
    assert found == {}


@pytest.mark.parametrize(
    ("line", "too_new"),
    [
        ("const a = b?.c;", TOO_NEW_IN_SCRIPTS),
        ("const a = b ?? c;", TOO_NEW_IN_SCRIPTS),
        ("main.replaceChildren();", TOO_NEW_IN_SCRIPTS),
        ("p:is(.a, .b) { color: red; }", TOO_NEW_IN_STYLES),
        (".a { inset: 0; }", TOO_NEW_IN_STYLES),
        (".a { display: flex; gap: 1rem; }", TOO_NEW_IN_STYLES),
    ],
)
def test_what_is_too_new_is_found(line, too_new):
    assert any(re.search(pattern, line, re.M) for pattern in too_new.values())


def test_what_only_looks_new_is_not():
    for line in ("const a = b ?.5 : c;", "a ? b : c"):
        assert not any(re.search(pattern, line, re.M) for pattern in TOO_NEW_IN_SCRIPTS.values())
    for line in ("box-shadow: inset 0 0 0 1px red;", "grid-gap: 1rem;", "clip-path: inset(50%);"):
        assert not any(re.search(pattern, line, re.M) for pattern in TOO_NEW_IN_STYLES.values())
