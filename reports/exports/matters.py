"""What can be exported: each matter with the seats that may, and the function that reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.http import QueryDict

import consultations.ledgers
import consultations.whistle_ledger
import deputies.contact_ledger
import deputies.roster
import legislation.ledgers
import meetings.ledgers
import receptions.ledgers
import stations.ledgers
import suggestions.export
import suggestions.formal_export
import supervision.ledgers
import supervision.round_ledger
from liaison.lib.extracts import Extract
from suggestions.ledger import Ledger

if TYPE_CHECKING:
    from accounts.models import User
    from stations.seats import Seats


@dataclass(frozen=True)
class Matter:
    """``key`` is its word in addresses and jobs; ``may`` says which seats, ``whom`` the same in words."""

    key: str
    label: str
    about: str
    read: Callable[[User, QueryDict], Extract]
    may: Callable[[Seats], bool] = lambda seats: seats.is_station_staff
    whom: str = "站点工作人员"

    def allows(self, user: User) -> bool:
        return self.may(user.seats)


def _with_log(seats: Seats) -> bool:
    """Who keeps contacts: staff, and deputies their own."""
    return bool(seats.stations or seats.deputies)


WORKERS = "站点和单位工作人员"


def _at_work(seats: Seats) -> bool:
    return bool(seats.stations or seats.departments)


def _cases(user: User, data: QueryDict) -> Extract:
    return suggestions.export.extract(Ledger(user, data))


MATTERS = {
    matter.key: matter
    for matter in (
        Matter("cases", "群众意见台账", "一件一行，含交办、办理、评价", _cases, lambda seats: seats.any),
        Matter("deputies", "代表名册", "在任代表", deputies.roster.extract),
        Matter("stations", "站点台账", "四级站点，按隶属关系排列", stations.ledgers.stations),
        Matter("departments", "承办单位台账", "县直、乡镇承办单位", stations.ledgers.departments),
        Matter("days", "接待日台账", "一个接待日一行，含到站和接待情况", receptions.ledgers.days),
        Matter("duties", "值班表", "一人一次一行，含签到", receptions.ledgers.duties),
        Matter(
            "constituents",
            "联系群众名册",
            "代表联系哪些群众",
            deputies.contact_ledger.constituents,
            _with_log,
            "站点工作人员和代表本人",
        ),
        Matter(
            "contacts",
            "联系群众登记表",
            "一次联系一行",
            deputies.contact_ledger.contacts,
            _with_log,
            "站点工作人员和代表本人",
        ),
        Matter(
            "consultations",
            "协商议事台账",
            "一次协商一行，含三方主体、承诺、评价",
            consultations.ledgers.consultations,
            _at_work,
            WORKERS,
        ),
        Matter(
            "promises",
            "协商承诺台账",
            "一项承诺一行，含期限和兑现情况",
            consultations.ledgers.promises,
            _at_work,
            WORKERS,
        ),
        Matter(
            "formal",
            "代表建议、议案台账",
            "一件一行，含领衔、附议代表和办理情况",
            suggestions.formal_export.extract,
            _with_log,
            "站点工作人员和代表",
        ),
        Matter("meetings", "常委会会议台账", "一次会议一行，含列席、旁听人次", meetings.ledgers.meetings),
        Matter("opinions", "立法意见台账", "一条意见一行，含采纳情况", legislation.ledgers.opinions),
        Matter("attendance", "列席旁听名册", "一人一次一行，含答复和签到", meetings.ledgers.attendance),
        Matter(
            "whistles",
            "吹哨报到台账",
            "叫一个单位一行，含报到、办理、双方评价",
            consultations.whistle_ledger.whistles,
            _at_work,
            WORKERS,
        ),
        Matter(
            "projects",
            "监督项目台账",
            "一个项目一行，含进度和逾期节点",
            supervision.ledgers.projects,
            _at_work,
            WORKERS,
        ),
        Matter("inspections", "视察台账", "一次视察一行，含到场人数", supervision.ledgers.inspections),
        Matter(
            "findings",
            "视察发现问题台账",
            "一个问题一行，含整改、复查",
            supervision.ledgers.findings,
            _at_work,
            WORKERS,
        ),
        Matter(
            "rounds",
            "满意度测评台账",
            "常委会测评，一个测评对象一行，含整改",
            supervision.round_ledger.rounds,
            lambda seats: seats.is_county_office,
            "县人大常委会代表工委",
        ),
    )
}


def offered(user: User) -> list[Matter]:
    return [matter for matter in MATTERS.values() if matter.allows(user)]


def read(keys: Iterable[str], user: User, data: QueryDict) -> list[Extract]:
    """The matters of ``keys`` as ``user`` may have them. ``PermissionDenied`` for one that the seats do not allow,
    ``ValidationError`` for a filter that cannot be read, ``KeyError`` for a word that means nothing."""
    chosen = [MATTERS[key] for key in keys]
    if not user.seats.counties:
        raise PermissionDenied("您还没有岗位，没有可以导出的内容。")
    for matter in chosen:
        if not matter.allows(user):
            raise PermissionDenied(f"{matter.label}由{matter.whom}导出。")
    return [matter.read(user, data) for matter in chosen]
