import re
from pathlib import Path

from demo.accounts import LOGINS, PASSWORD
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


def test_links_between_documents_lead_somewhere():
    pages = [*DOCS.parent.glob("*.md"), *DOCS.glob("*.md")]
    broken = {
        f"{page.name}: {target}"
        for page in pages
        for target in re.findall(r"(?<!!)\[[^\]]*\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text())
        if not (page.parent / target).exists()
    }
    assert not broken


def test_the_first_page_names_every_log_in_of_the_demo():
    text = (DOCS.parent / "README.md").read_text()
    assert f"`{PASSWORD}`" in text
    for seat, name, password in LOGINS:
        assert f"| {seat} | `{name}` |" in text and password == PASSWORD
