"""Who is told what after a step. Rows go to the outbox in the step's own transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q
from django.urls import reverse

from accounts.models import User
from messaging import outbox
from stations.models import PATH_STEP, Station, StationStaff
from stations.staff import clerks
from suggestions.choices import State
from suggestions.models import Assignment, Suggestion

if TYPE_CHECKING:
    from suggestions.steps import Step

SUBJECTS = {
    "register": "新登记意见待研判",
    "submit": "收到网上留言，待受理",
    "accept": "网上留言已受理，待研判",
    "escalate": "下级站上报意见，待研判",
    "delegate": "上级站转来意见，待研判",
    "assign": "新交办意见，请签收",
    "object": "承办单位申退，请重新交办",
    "advise": "协办单位已送协办意见",
    "report": "办理结果已报告，请审核反馈",
    "return_result": "办理结果转回，请反馈代表",
    "hand_over": "办理结果已反馈，请回复选民",
    "send_back": "办理结果被退回，请继续办理",
    "ask_extension": "承办单位申请延期，请审批",
    "decide_extension": "延期申请已审批",
    "supplement": "选民补充了材料",
    "urge": "催办提醒",
    "supervise": "县人大督办",
    "rate": "选民已评价",
    "assess": "评估已完成",
}


# Of what deputies put before their congress; that it is answered, ``formal.tell_answer`` tells all who signed it.
FORMAL_SUBJECTS = {"hand_over": "代表建议、议案已答复，等代表反馈意见", "rate": "代表已反馈对办理的意见"}


def after(now: Step) -> None:
    """Tell whoever the step makes wait for something, except the person who took it."""
    subject = SUBJECTS.get(now.action)
    if subject is None or outbox.is_muted():
        return
    case = now.case
    if case.is_formal:
        subject = FORMAL_SUBJECTS.get(now.action, subject)
    people = [person for person in _recipients(now) if person != now.user]
    outbox.tell(
        key=f"{case.chain}:{case.event_seq}",
        people=people,
        subject=f"{subject}：{case.number}",
        body=f"{case.title}" + (f"\n办理时限：{case.due_on:%Y年%-m月%-d日}" if case.due_on else ""),
        link=reverse("suggestions:case", args=[case.pk]),
        scope=case.desk.path,
        relevance=f"suggestions.notices.still_at:{case.pk}:{case.version}" if now.action != "supervise" else "",
    )


def still_at(pk: str, version: str) -> bool:
    """Asked when a notice is sent: whether nothing has happened to the case since it was written."""
    return Suggestion.objects.filter(pk=pk, version=version).exists()


def _recipients(now: Step) -> list[User]:
    case = now.case
    if now.action == "supervise":
        return [*owners(case), *desk_people(case)]
    if now.action == "supplement":  # whoever works on it, and whoever answers for it
        return list(dict.fromkeys([*owners(case), *desk_people(case)]))
    if now.action == "advise":
        return lead_people(case)
    if now.action == "ask_extension":
        return desk_people(case)
    if now.action == "decide_extension":
        return lead_people(case)
    if now.action == "rate" and case.state == State.CLOSED:
        return deputy_people(case)
    if now.action == "assign" or (now.action == "rate" and case.state == State.ASSIGNED):
        return department_people(case)
    return owners(case)


def owners(case: Suggestion) -> list[User]:
    """The people whose turn it is: every state that is not an end has exactly one kind of owner."""
    match case.state:
        case State.ASSIGNED | State.HANDLING:
            return lead_people(case)
        case State.HANDED_OVER:
            return deputy_people(case) or desk_people(case)
        case State.SUBMITTED | State.REGISTERED | State.REPORTED | State.REPLIED | State.ASSESSING:
            return desk_people(case)
        case _:
            return []


def desk_people(case: Suggestion) -> list[User]:
    """The staff of the desk; where a point has none, the staff of the nearest station above that has."""
    return station_people(case.desk)


def station_people(station: Station) -> list[User]:
    paths = [station.path[:end] for end in range(PATH_STEP, len(station.path) + 1, PATH_STEP)]
    seats = StationStaff.objects.filter(station__path__in=paths, user__is_active=True).select_related("user", "station")
    by_path: dict[str, list[User]] = {}
    for seat in seats:
        by_path.setdefault(seat.station.path, []).append(seat.user)
    return by_path[max(by_path, key=len)] if by_path else []


def lead_people(case: Suggestion) -> list[User]:
    return clerks([case.lead_id])


def department_people(case: Suggestion) -> list[User]:
    current = Assignment.objects.filter(suggestion=case, is_current=True).values("department_id")
    return clerks(current)


def deputy_people(case: Suggestion) -> list[User]:
    return list(User.objects.filter(Q(deputies=case.deputy_id), is_active=True)) if case.deputy_id else []
