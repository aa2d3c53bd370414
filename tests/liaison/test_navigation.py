from typing import Any

from liaison.navigation import GROUPS, current_entry
from stations.models import Kind, Station
from stations.seats import Seats


def labels(**seats: Any) -> set[str]:
    return {entry.label for _, entries in GROUPS for entry in entries if entry.seen(Seats(**seats))}


def test_a_deputy_registers_but_does_not_triage() -> None:
    seen = labels(deputies=[1])
    assert "登记意见" in seen
    assert not seen & {"研判", "账号", "规则"}


def test_a_department_neither_registers_nor_manages_accounts() -> None:
    assert not labels(departments=[1]) & {"登记意见", "研判", "账号"}


def test_the_county_office_sees_everything_but_what_is_a_deputys_own() -> None:
    hub = Station(kind=Kind.HUB)
    assert labels(stations=[hub]) == {entry.label for _, entries in GROUPS for entry in entries} - {"我的值班"}


def test_what_the_county_office_has_among_offices_alone() -> None:
    hub, township = Station(kind=Kind.HUB), Station(kind=Kind.TOWNSHIP)
    own = {"公众号", "待审词", "办理情况报告", "满意度测评", "履职工作总览"}
    assert labels(stations=[hub]) - labels(stations=[township]) == own


def test_deputies_and_resident_officers_see_their_own_duties() -> None:
    assert "我的值班" in labels(deputies=[1]) and "我的值班" in labels(officer_of=[Station()])
    assert "我的值班" not in labels(departments=[1])


def test_a_village_point_keeps_no_accounts() -> None:
    assert "账号" not in labels(stations=[Station(kind=Kind.POINT)])


def test_no_key_leads_to_two_places() -> None:
    keys = [entry.key for _, entries in GROUPS for entry in entries if entry.key]
    assert len(keys) == len(set(keys))


def test_the_longest_match_lights_the_entry() -> None:
    assert current_entry("stations:rules") == "stations:rules"
    assert current_entry("stations:detail") == "stations:tree"
    assert current_entry("suggestions:case") == "suggestions:ledger"
    assert current_entry("accounts:change_password") == "accounts:me"
    assert current_entry("accounts:edit") == "accounts:list"
    assert current_entry("nowhere") == ""
