import re
from pathlib import Path

import pytest

from demo.accounts import LOGINS
from suggestions.transitions import TRANSITIONS

DOCS = Path(__file__).parent.parent / "docs"


def test_the_architecture_page_lists_every_transition_as_the_table_has_it():
    text = (DOCS / "architecture.md").read_text()
    for row in TRANSITIONS.values():
        targets = "、".join(state.label for state in row.targets) or "unchanged"
        who = "、".join(who.value for who in row.who)
        line = next(line for line in text.splitlines() if line.startswith(f"| `{row.action}` |"))
        assert f"| {row.label} |" in line and f"| {targets} | {who} |" in line


def test_every_requirement_has_its_reason_on_the_architecture_page():
    text = (DOCS / "architecture.md").read_text()
    for line in (DOCS.parent / "requirements.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            name = line.split("==")[0].split("[")[0]
            assert name.lower().replace("django-js-lib-bootstrap-icons", "-icons") in text.lower(), name


LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)|<img src=\"([^\"]+)\"")
PAGES = [*sorted(DOCS.parent.glob("*.md")), *sorted(DOCS.glob("*.md"))]


def anchors(page: Path) -> set[str]:
    """As GitHub makes them of headings."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_relative_link_leads_somewhere(page):
    for found in LINK.findall(page.read_text()):
        target, _, anchor = (found[0] or found[1]).partition("#")
        if "://" in target:
            continue
        file = page.parent / target if target else page
        assert file.exists(), f"{page.name} → {target}"
        assert not anchor or anchor in anchors(file), f"{page.name} → {target}#{anchor}"


def test_the_screenshots_are_small_enough_to_clone():
    for picture in (DOCS / "screenshots").glob("*.png"):
        assert picture.stat().st_size < 150_000, picture.name


def test_the_readme_lists_every_log_in_of_the_demo():
    text = (DOCS.parent / "README.md").read_text()
    for seat, username, password in LOGINS:
        assert f"| {seat} | `{username}` |" in text and f"`{password}`" in text
