"""The table of transitions: it feeds the server's check, the buttons on the page and the diagram in the docs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from stations.models import Kind, Station
from suggestions.choices import State
from suggestions.models import Assignment, AssignmentRole, Extension, ExtensionState, Suggestion

if TYPE_CHECKING:
    from accounts.models import User


class Who(Enum):
    """Whose hand a step needs, read from the case itself."""

    DESK = "当前站点工作人员"
    LEAD = "主办单位"
    CO = "协办单位"
    DEPUTY = "接待代表"
    HUB = "县级中心站"
    PROPOSER = "领衔代表"
    VOTER = "选民"
    CLOCK = "到期自动"


class Voice(Enum):
    """Who acts without a log-in."""

    VOTER = "选民"
    CLOCK = "系统"


Actor = "User | Voice"


@dataclass(frozen=True)
class Transition:
    action: str
    label: str
    sources: tuple[State, ...]
    targets: tuple[State, ...]  # empty: the state does not change
    who: tuple[Who, ...]
    # What the case itself must be like, beside its state; the answer is why not, in plain words, or "".
    obstacle: Callable[[Suggestion], str] | None = None
    main: bool = False  # the step that is expected next: its button comes first


def intake_office(suggestion: Suggestion) -> Station:
    """The township office (or hub) that answers for the station where the case came in (seed: 乡镇人大反馈给接待代表)."""
    station = suggestion.station
    if station.kind in (Kind.HUB, Kind.TOWNSHIP) or station.parent is None:
        return station
    return station.parent


def is_above_intake(suggestion: Suggestion) -> bool:
    office = intake_office(suggestion)
    return suggestion.desk_id != office.pk and suggestion.desk.covers(office)


def _hand_over_obstacle(suggestion: Suggestion) -> str:
    if is_above_intake(suggestion):
        return f"先把结果转回{intake_office(suggestion).name}，由其反馈代表。"
    return ""


def _return_obstacle(suggestion: Suggestion) -> str:
    return "" if is_above_intake(suggestion) else "这件意见就在来源站点，直接反馈代表即可。"


def _escalate_obstacle(suggestion: Suggestion) -> str:
    return "" if suggestion.desk.parent_id else "县级中心站没有上级站。"


def _delegate_obstacle(suggestion: Suggestion) -> str:
    return "" if suggestion.desk.kind in (Kind.HUB, Kind.TOWNSHIP) else "这里没有下级站。"


def _assign_obstacle(suggestion: Suggestion) -> str:
    if suggestion.desk.kind in (Kind.HUB, Kind.TOWNSHIP):
        return ""
    return "联络点和工作室没有承办单位，请上报。"


def _decide_obstacle(suggestion: Suggestion) -> str:
    waiting = Extension.objects.filter(assignment__suggestion=suggestion, state=ExtensionState.ASKED)
    return "" if waiting.exists() else "没有待批准的延期申请。"


def _ask_obstacle(suggestion: Suggestion) -> str:
    return "已有一份延期申请在等批准。" if not _decide_obstacle(suggestion) else ""


def _follow_up_obstacle(suggestion: Suggestion) -> str:
    return "" if suggestion.follow_up_on else "这件意见不需要回访。"


S = State
_RUNNING = (S.ASSIGNED, S.HANDLING, S.REPORTED, S.HANDED_OVER)

TRANSITIONS: dict[str, Transition] = {
    row.action: row
    for row in (
        Transition("accept", "受理", (S.SUBMITTED,), (S.REGISTERED,), (Who.DESK,), main=True),
        Transition("refuse", "不予受理", (S.SUBMITTED,), (S.REFUSED,), (Who.DESK,)),
        Transition("assign", "交办", (S.REGISTERED,), (S.ASSIGNED,), (Who.DESK,), _assign_obstacle, main=True),
        Transition("answer", "当场答复", (S.REGISTERED,), (S.REPLIED,), (Who.DEPUTY, Who.DESK)),
        Transition("escalate", "上报", (S.REGISTERED,), (), (Who.DESK,), _escalate_obstacle),
        Transition("delegate", "下转", (S.REGISTERED,), (), (Who.DESK,), _delegate_obstacle),
        Transition("classify", "分类", (S.SUBMITTED, S.REGISTERED), (), (Who.DESK,)),
        Transition("merge", "并案", (S.SUBMITTED, S.REGISTERED), (S.MERGED,), (Who.DESK,)),
        Transition("take", "签收", (S.ASSIGNED,), (S.HANDLING,), (Who.LEAD,), main=True),
        Transition("object", "申退", (S.ASSIGNED,), (S.REGISTERED,), (Who.LEAD,)),
        Transition("report", "报告办理结果", (S.HANDLING,), (S.REPORTED,), (Who.LEAD,), main=True),
        Transition("advise", "送协办意见", (S.ASSIGNED, S.HANDLING), (), (Who.CO,), main=True),
        Transition("ask_extension", "申请延期", (S.HANDLING,), (), (Who.LEAD,), _ask_obstacle),
        Transition("decide_extension", "审批延期", (S.HANDLING,), (), (Who.DESK,), _decide_obstacle, main=True),
        Transition(
            "hand_over",
            "反馈代表",
            (S.REPORTED,),
            (S.HANDED_OVER, S.REPLIED),
            (Who.DESK,),
            _hand_over_obstacle,
            main=True,
        ),
        Transition("return_result", "结果转回", (S.REPORTED,), (), (Who.DESK,), _return_obstacle, main=True),
        Transition("send_back", "退回重办", (S.REPORTED,), (S.HANDLING,), (Who.DESK,)),
        Transition("reply", "回复选民", (S.HANDED_OVER,), (S.REPLIED,), (Who.DEPUTY, Who.DESK), main=True),
        Transition(
            "rate",
            "登记评价",
            (S.REPLIED,),
            (S.CLOSED, S.ASSIGNED, S.REGISTERED, S.ASSESSING),
            (Who.VOTER, Who.PROPOSER, Who.DESK),
        ),
        Transition("archive", "归档", (S.REPLIED,), (S.CLOSED,), (Who.DESK, Who.CLOCK)),
        Transition("assess", "登记评估结论", (S.ASSESSING,), (S.CLOSED,), (Who.HUB,), main=True),
        Transition("follow_up", "登记回访", (S.CLOSED,), (), (Who.LEAD, Who.DESK), _follow_up_obstacle, main=True),
        Transition("withdraw", "撤回", (S.SUBMITTED, S.REGISTERED), (S.WITHDRAWN,), (Who.VOTER,)),
        Transition(
            "supplement",
            "补充材料",
            (S.SUBMITTED, S.REGISTERED, *_RUNNING, S.REPLIED, S.ASSESSING),
            (),
            (Who.VOTER,),
        ),
        Transition(
            "consent",
            "更改公开意愿",
            tuple(s for s in S if s not in (S.REFUSED, S.WITHDRAWN)),
            (),
            (Who.VOTER, Who.DESK),
        ),
        Transition("urge", "催办", _RUNNING, (), (Who.DESK, Who.HUB)),
        Transition("supervise", "督办", (S.REGISTERED, *_RUNNING), (), (Who.HUB,)),
        Transition("remark", "记事", tuple(S), (), (Who.DESK, Who.LEAD, Who.CO, Who.DEPUTY, Who.HUB)),
    )
}

# Pressed at once, without a page in between: there is nothing to fill in.
AT_ONCE = frozenset({"accept", "take"})

CREATIONS = {
    "submit": ("提交留言", S.SUBMITTED),
    "register": ("登记", S.REGISTERED),
    "import_past": ("导入历史件", S.CLOSED),
}

ACTION_LABELS: dict[str, str] = (
    {action: label for action, (label, _) in CREATIONS.items()}
    | {action: row.label for action, row in TRANSITIONS.items()}
    | {
        "answer_merged": "并案答复",
        "take_in": "并入其他意见",
        "transfer": "承办单位合并，转由接替单位办理",
        "transfer_deputy": "代表离任，转由接替代表办理",
        "remind": "提醒评价",
        "view_contact": "查看联系方式",
        "download": "下载附件",
        "receipt": "打印回执",
        "print": "打印",
        "export": "导出",
        "erase": "删除个人信息",
        "write_result": "起草公开内容",
        "return_result_text": "公开内容退回修改",
        "release_result": "审核公开办理结果",
        "withdraw_result": "撤下公开的办理结果",
    }
)


def holds(user: User, who: Who, suggestion: Suggestion) -> bool:
    """Whether ``user`` sits where ``who`` says, for this case."""
    seats = user.seats
    match who:
        case Who.DESK:
            return seats.covers(suggestion.desk)
        case Who.HUB:
            return suggestion.county_id in seats.office_county_ids
        case Who.LEAD:
            return suggestion.lead_id in seats.department_ids
        case Who.DEPUTY:
            return suggestion.deputy_id in seats.deputy_ids
        case Who.PROPOSER:
            return suggestion.deputy_id in seats.deputy_ids and suggestion.is_formal
        case Who.CO:
            return bool(seats.department_ids) and any(
                row.department_id in seats.department_ids for row in co_assignments(suggestion)
            )
        case _:
            return False


def co_assignments(suggestion: Suggestion) -> list[Assignment]:
    return [row for row in suggestion.assignments.all() if row.is_current and row.role == AssignmentRole.CO]


def may(actor: User | Voice, action: str, suggestion: Suggestion) -> bool:
    """The seat's check alone: whether this actor is one whom the table names for ``action`` on this case."""
    who = TRANSITIONS[action].who
    if isinstance(actor, Voice):
        return Who[actor.name] in who
    return any(holds(actor, one, suggestion) for one in who)


def open_to(user: User, suggestion: Suggestion) -> list[Transition]:
    """The steps ``user`` can take on ``suggestion`` now, the expected one first: the buttons of the page."""
    rows = [
        row
        for row in TRANSITIONS.values()
        if suggestion.state in row.sources
        and may(user, row.action, suggestion)
        and not (row.obstacle and row.obstacle(suggestion))
    ]
    return sorted(rows, key=lambda row: not row.main)
