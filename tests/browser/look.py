"""What every page must be, whoever looks at it: no wider than the screen, easy to hit, and nothing serious for axe."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser")
"""The first one renders the same pages for less than half of the work: it has no window to draw them in."""
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)

# A link within a sentence is exempt (WCAG 2.5.8), and so is what only a screen reader meets.
SMALL_TARGETS = """() => [...document.querySelectorAll('a, button, input, select, textarea, summary')]
  .filter(e => e.type !== 'hidden' && !e.matches('.enter-key, .skip, .unseen, .unseen *, label input'))
  .filter(e => !e.matches('p:not(.target, .actions) > a:not(.button)'))
  .map(e => [e, e.getBoundingClientRect()])
  .map(([e, box]) => {
    const label = e.matches('[type=checkbox], [type=radio]') ? (e.labels[0] || e).getBoundingClientRect() : box;
    return [e.outerHTML.slice(0, 100), Math.max(box.width, label.width), Math.max(box.height, label.height)];
  })
  .filter(([, width, height]) => width && height && (height < 43.9 || width < 43.9))
  .map(([html, width, height]) => `${html} ${width}x${height}`)"""


@cache
def _axe() -> str:
    import axe_playwright_python

    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")


def look(page, *, audit: bool = True) -> None:
    """For axe, itself a script, the page must have been opened with `bypass_csp=True`; without scripts, no audit."""
    page.wait_for_load_state("load")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), f"too wide: {page.url}"
    small = page.evaluate(SMALL_TARGETS)
    assert small == [], f"{page.url}: {small}"
    if not audit:
        return
    page.evaluate(_axe())
    violations = page.evaluate("axe.run({ exclude: [['[hidden]']] }, { resultTypes: ['violations'] })")["violations"]
    serious = [
        f"{one['id']}: {one['nodes'][0]['html']}" for one in violations if one["impact"] in ("serious", "critical")
    ]
    assert serious == [], page.url
