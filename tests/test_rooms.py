"""The house is built as docs/architecture.md says: rooms rest on rooms below, one place moves cases, one is anonymous."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.urls import URLPattern, get_resolver

BASE: Path = settings.BASE_DIR
# Where the rooms are put together, or where a seat is asked for that only a room above can know.
UPWARD = {
    ("liaison/urls.py", "accounts"),
    ("liaison/urls.py", "staffing"),
    ("liaison/management/commands/up.py", "accounts"),
    ("liaison/management/commands/up.py", "demo"),
    ("liaison/management/commands/up.py", "stations"),
    ("liaison/admin_site.py", "history"),
    ("accounts/models.py", "stations"),
    ("accounts/reach.py", "messaging"),  # the outbox calls it by name when it sends
}
# The pages that somebody without a log-in may open. Adding one is a decision about the public, made here.
ANONYMOUS = {
    "portal:home",
    "portal:find",
    "portal:villages",
    "portal:station",
    "portal:brand",
    "portal:deputy",
    "portal:set_type",
    "portal:robots",
    "portal:sitemap_index",
    "portal:sitemap",
    "portal:station_notices",
    "portal:county_notices",
    "portal:station_board",
    "portal:station_board_a4",
    "portal:station_screen",
    "portal:station_feed",
    "portal:county_feed",
    "portal:notice",
    "portal:notice_file",
    "portal:deputy_photo",
    "portal:station_results",
    "portal:county_results",
    "portal:result",
    "portal:station_figures",
    "portal:county_figures",
    "portal:county_drafts",
    "portal:draft",
    "portal:draft_file",
    "portal:give_opinion",
    "portal:opinion_receipt",  # of the own session
    "portal:leave_message",
    "portal:message_contact",
    "portal:message_check",
    "portal:message_station",
    "portal:message_discard",
    "portal:receipt",
    "portal:kept_receipt",  # signed
    "portal:query",
    "portal:case",
    "portal:rate",
    "portal:withdraw",
    "portal:consent",
    "portal:supplement",
    "portal:leave",
    "portal:calendar",  # the address is the secret
    "portal:wechat_callback",
    # the secret ballot of the standing committee: the code is the key
    "portal:ballot",
    "portal:ballot_look",
    "portal:ballot_cast",
    "portal:ballot_done",
    "accounts:login",
}


def rooms() -> list[str]:
    """From the top of the house to the ground."""
    listed = (BASE / "docs" / "architecture.md").read_text().split("```")[1]
    return re.findall(r"^(\w+)/", listed, re.MULTILINE)


def sources() -> Iterator[tuple[str, ast.Module]]:
    for room in rooms():
        for path in sorted((BASE / room).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path.relative_to(BASE).as_posix(), ast.parse(path.read_text())


def imported(node: ast.AST) -> Iterator[str]:
    """Rooms that run-time imports below ``node`` lead to; those for type checkers alone tie nothing together."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and isinstance(child.test, ast.Name) and child.test.id == "TYPE_CHECKING":
            continue
        if isinstance(child, ast.Import):
            yield from (alias.name.split(".")[0] for alias in child.names)
        elif isinstance(child, ast.ImportFrom) and child.module and not child.level:
            yield child.module.split(".")[0]
        yield from imported(child)


def test_every_app_of_ours_is_a_room_of_the_list():
    apps = {name.split(".")[0] for name in settings.INSTALLED_APPS}
    assert set(rooms()) == {name for name in apps if (BASE / name / "__init__.py").is_file()}


def test_a_room_imports_only_from_rooms_below_it():
    order = rooms()
    upward = {
        (path, target)
        for path, tree in sources()
        for target in imported(tree)
        if target in order and order.index(target) < order.index(path.split("/")[0])
    }
    assert upward == UPWARD


def test_modules_are_named_after_what_they_do():
    vague = {"utils", "helpers", "services", "common", "misc", "signals"}
    assert [path for path, _ in sources() if Path(path).stem in vague] == []


def test_only_the_workflow_moves_a_case():
    """``Step.move`` is the way to a new state, and the workflow and the birth of a case are the only ones to take it."""
    movers = {
        path
        for path, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "move"
    }
    assert {path for path in movers if not path.startswith("suggestions/workflow/")} == {"suggestions/registration.py"}


def test_nobody_writes_the_state_of_a_case_past_the_step():
    writers = set()
    for path, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                written = {ast.unparse(target) for target in targets}
                if {"case.state", "self.case.state", "now.case.state", "suggestion.state", "main.state"} & written:
                    writers.add(path)
    assert writers == {"suggestions/steps.py"}


def views(patterns: list, namespace: str = "") -> Iterator[tuple[str, object]]:
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield f"{namespace}:{pattern.name}", pattern.callback
        else:
            yield from views(pattern.url_patterns, getattr(pattern, "namespace", None) or namespace)


def test_the_anonymous_pages_are_these_and_stand_in_the_portal():
    """The admin has a log-in page of its own, and the catalogue of its texts."""
    found = {
        name: view.__module__
        for name, view in views(get_resolver().url_patterns)
        if not getattr(view, "login_required", True) and not name.startswith("admin:")
    }
    assert set(found) == ANONYMOUS
    assert {module.split(".")[0] for name, module in found.items() if name != "accounts:login"} == {"portal"}
