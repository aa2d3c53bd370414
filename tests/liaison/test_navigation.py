from types import SimpleNamespace

from liaison.navigation import GROUPS, current_entry


def labels(**seats: object) -> set[str]:
    held = SimpleNamespace(**{"stations": [], "departments": [], "deputies": [], "officer_of": [], **seats})
    return {entry.label for _, entries in GROUPS for entry in entries if entry.seen(held)}


def test_a_deputy_registers_but_does_not_triage() -> None:
    seen = labels(deputies=[1])
    assert "登记意见" in seen
    assert not seen & {"研判", "账号", "规则"}


def test_a_department_neither_registers_nor_manages_accounts() -> None:
    assert not labels(departments=[1]) & {"登记意见", "研判", "账号"}


def test_station_staff_see_everything() -> None:
    assert labels(stations=[1]) == {entry.label for _, entries in GROUPS for entry in entries}


def test_the_longest_match_lights_the_entry() -> None:
    assert current_entry("stations:rules") == "stations:rules"
    assert current_entry("stations:detail") == "stations:tree"
    assert current_entry("suggestions:detail") == "suggestions:ledger"
    assert current_entry("accounts:change_password") == "accounts:me"
    assert current_entry("accounts:edit") == "accounts:list"
    assert current_entry("nowhere") == ""
