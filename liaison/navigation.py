"""The entries of the navigation: which of them a person sees follows from the seats.

Hiding an entry is a courtesy, not a guard: each view checks for itself.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse


@dataclass(frozen=True)
class Entry:
    name: str  # of the URL
    label: str
    icon: str
    seen: Callable[[Any], bool]  # given the seats
    tab: str = ""  # short label in the phone's tab bar; empty: only in the menu
    key: str = ""  # pressed after "g"
    family: tuple[str, ...] = ()  # URL names or namespaces ("stations:") that also light this entry


@dataclass(frozen=True)
class Link:
    url: str
    label: str
    icon: str
    tab: str
    key: str
    current: bool


def anybody(seats: Any) -> bool:
    return True


def registers(seats: Any) -> bool:
    return bool(seats.stations or seats.deputies or seats.officer_of)


def keeps_cases(seats: Any) -> bool:
    return bool(seats.stations or seats.deputies)


def on_duty(seats: Any) -> bool:
    """Deputies, and the resident officers who sit beside them."""
    return bool(seats.deputies or seats.officer_of)


def keeps_contact(seats: Any) -> bool:
    return bool(seats.deputies or seats.stations)


def tied(seats: Any) -> bool:
    return bool(seats.deputies or seats.stations or seats.departments)


def office(seats: Any) -> bool:
    return bool(seats.is_office)


def county_office(seats: Any) -> bool:
    return bool(seats.is_county_office)


def station_staff(seats: Any) -> bool:
    return bool(seats.stations)


def has_figures(seats: Any) -> bool:
    return bool(seats.stations or seats.departments or seats.deputies)


def evaluates(seats: Any) -> bool:
    """The county office holds rounds, the committee's members are deputies, departments are evaluated."""
    return bool(seats.is_county_office or seats.deputies or seats.departments)


def staff(seats: Any) -> bool:
    return bool(seats.stations or seats.departments)


GROUPS: tuple[tuple[str, tuple[Entry, ...]], ...] = (
    (
        "办理",
        (
            Entry("suggestions:my_work", "我的待办", "inbox", anybody, tab="待办", key="w"),
            Entry(
                "suggestions:ledger",
                "意见台账",
                "journal-text",
                anybody,
                tab="意见",
                key="l",
                family=("suggestions:",),
            ),
            Entry(
                "suggestions:register",
                "登记意见",
                "pencil-square",
                registers,
                tab="登记",
                key="r",
                family=("suggestions:receipt",),
            ),
            Entry("suggestions:triage", "研判", "signpost-split", station_staff, key="t"),
        ),
    ),
    (
        "接待",
        (
            Entry("receptions:schedule", "接待日程", "calendar-check", anybody, key="c", family=("receptions:",)),
            Entry(
                "suggestions:desk_today",
                "接待台",
                "easel2",
                registers,
                key="j",
                family=("suggestions:desk", "receptions:open", "receptions:close", "receptions:correct"),
            ),
            Entry(
                "receptions:roster",
                "值班表",
                "calendar-week",
                registers,
                key="z",
                family=("receptions:propose", "receptions:assign", "receptions:decide_leave"),
            ),
            Entry(
                "receptions:my_duties",
                "我的值班",
                "person-workspace",
                on_duty,
                tab="值班",
                key="y",
                family=("receptions:ask_leave", "receptions:ask_swap"),
            ),
            Entry(
                "receptions:invitations",
                "邀请进站",
                "envelope-paper",
                staff,
                family=(
                    "receptions:invite",
                    "receptions:invitation",
                    "receptions:answer_invitation",
                    "receptions:withdraw_invitation",
                    "receptions:conclude_invitation",
                ),
            ),
            Entry(
                "suggestions:public_results",
                "办理结果公开",
                "megaphone",
                station_staff,
                key="p",
                family=(
                    "suggestions:public_result",
                    "suggestions:write_result",
                    "suggestions:release_result",
                    "suggestions:send_back_result",
                    "suggestions:withdraw_result",
                ),
            ),
            Entry("noticeboard:list", "公示栏", "pin-angle", anybody, key="b", family=("noticeboard:",)),
        ),
    ),
    (
        "专题",
        (
            Entry(
                "suggestions:formal_list",
                "代表建议和议案",
                "file-earmark-ruled",
                keeps_cases,
                family=(
                    "suggestions:formal",
                    "suggestions:raise_formal",
                    "suggestions:edit_formal",
                    "suggestions:withdraw_formal",
                    "suggestions:change_lead",
                    "suggestions:ask_signers",
                    "suggestions:check_formal",
                    "suggestions:formal_opinion",
                ),
            ),
            Entry("consultations:list", "协商议事", "chat-square-text", anybody, family=("consultations:",)),
            Entry(
                "consultations:whistles",
                "吹哨报到",
                "megaphone-fill",
                staff,
                family=tuple(
                    f"consultations:whistle{page}"
                    for page in (
                        "",
                        "_blow",
                        "_check_in",
                        "_note",
                        "_report",
                        "_refuse",
                        "_answer",
                        "_decide",
                        "_send_back",
                        "_withdraw",
                        "_rate",
                        "_judge",
                        "_figures",
                    )
                ),
            ),
            Entry("supervision:home", "专项监督", "clipboard-check", anybody, family=("supervision:",)),
            Entry(
                "supervision:rounds",
                "满意度测评",
                "ui-checks",
                evaluates,
                family=(
                    "supervision:round",
                    *(f"supervision:{verb}_round" for verb in ("create", "edit", "void")),
                    *(f"supervision:{verb}" for verb in ("issue_codes", "type_tally", "return_tally")),
                    "supervision:rectification",
                    *(f"supervision:{verb}" for verb in ("explain", "report_result", "return_result")),
                    *(f"supervision:{verb}" for verb in ("note_committee", "vote_again")),
                ),
            ),
            Entry("legislation:list", "立法联系", "book", anybody, family=("legislation:",)),
            Entry("meetings:list", "常委会会议", "bank", anybody, family=("meetings:",)),
        ),
    ),
    (
        "网络",
        (
            Entry(
                "reports:home",
                "统计",
                "bar-chart-line",
                has_figures,
                key="x",
                family=("reports:statistics", "reports:statistics_days", "reports:statistics_deputies"),
            ),
            Entry("stations:tree", "站点", "diagram-3", anybody, key="s", family=("stations:",)),
            Entry("deputies:list", "代表", "people", anybody, key="d", family=("deputies:",)),
            Entry(
                "deputies:contact_overview",
                "联系群众",
                "telephone",
                keeps_contact,
                key="q",
                family=(
                    "deputies:deputy_contacts",
                    "deputies:reveal_constituents",
                    "deputies:log_contact",
                    "deputies:edit_contact",
                    "deputies:add_constituent",
                    "deputies:edit_constituent",
                ),
            ),
            Entry(
                "deputies:ties",
                "联系制度",
                "link-45deg",
                tied,
                family=("deputies:tie", "deputies:create_tie", "deputies:log_tie", "deputies:committee"),
            ),
            Entry(
                "deputies:duty_entries",
                "履职档案",
                "person-vcard",
                keeps_contact,
                key="v",
                family=(
                    "deputies:enter_duty",
                    "deputies:enter_station_duty",
                    "deputies:edit_duty",
                    "deputies:duty_weights",
                    "reports:duty_record",
                    "reports:duty_scores",
                ),
            ),
        ),
    ),
    (
        "报表",
        (
            Entry(
                "reports:exports",
                "导出",
                "file-earmark-spreadsheet",
                anybody,
                key="e",
                family=("reports:export_several",),
            ),
            Entry("reports:work", "履职工作总览", "clipboard-data", county_office, family=()),
            Entry(
                "reports:yearly_list",
                "办理情况报告",
                "file-earmark-text",
                county_office,
                family=("reports:yearly", "reports:write_part"),
            ),
        ),
    ),
    (
        "设置",
        (
            Entry("stations:rules", "规则", "sliders", staff),
            Entry("workdays:year", "工作日历", "calendar3", staff, family=("workdays:",)),
            Entry("messaging:sent", "发送记录", "send", station_staff, family=("messaging:resend",)),
            Entry("portal:wechat_account", "公众号", "wechat", county_office),
            Entry("portal:held_words", "待审词", "eye", county_office),
            Entry("accounts:list", "账号", "person-badge", office, family=("accounts:",)),
            Entry("imports:list", "导入", "file-earmark-arrow-up", office, family=("imports:",)),
        ),
    ),
    (
        "个人",
        (
            Entry("messaging:inbox", "消息", "bell", anybody, family=("messaging:",)),
            Entry(
                "accounts:me",
                "我的",
                "person-circle",
                anybody,
                tab="我的",
                key="m",
                family=("accounts:change_password",),
            ),
        ),
    ),
)


def current_entry(view_name: str) -> str:
    """The name of the entry a page belongs to; the longest match wins, so ``stations:rules`` is not 站点."""
    best, length = "", 0
    for _, entries in GROUPS:
        for entry in entries:
            for pattern in (entry.name, *entry.family):
                hit = view_name == pattern or (pattern.endswith(":") and view_name.startswith(pattern))
                if hit and len(pattern) > length:
                    best, length = entry.name, len(pattern)
    return best


def navigation(request: HttpRequest) -> list[tuple[str, list[Link]]]:
    """Groups of links for ``request.user``, without the entries whose page is not installed."""
    seats = request.user.seats  # type: ignore[union-attr]  # called for somebody who is logged in
    current = current_entry(request.resolver_match.view_name) if request.resolver_match else ""
    groups = []
    for title, entries in GROUPS:
        links = []
        for entry in entries:
            if not entry.seen(seats):
                continue
            try:
                url = reverse(entry.name)
            except NoReverseMatch:
                continue
            links.append(Link(url, entry.label, entry.icon, entry.tab, entry.key, entry.name == current))
        if links:
            groups.append((title, links))
    return groups
