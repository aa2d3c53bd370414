"""Who may do what with a notice, who has to look at it before it is public, and what a detector sees in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied

from accounts.models import User
from liaison.lib.masking import findings
from noticeboard.models import Notice, NoticeState
from stations.models import Station

if TYPE_CHECKING:
    from collections.abc import Sequence

S = NoticeState
# action → what it is called, the states it starts from
ACTIONS: dict[str, tuple[str, tuple[str, ...]]] = {
    "edit": ("修改", (S.DRAFT,)),
    "submit": ("提交审核", (S.DRAFT,)),
    "release": ("审核发布", (S.CHECKING,)),
    "send_back": ("退回修改", (S.CHECKING, S.SCHEDULED)),
    "pin": ("置顶", (S.RELEASED,)),
    "revise": ("修订", (S.RELEASED,)),
    "withdraw": ("撤下", (S.DRAFT, S.CHECKING, S.SCHEDULED, S.RELEASED)),
}
# The system keeps its own notices true; what a person changed in them would be overwritten.
BY_PEOPLE_ONLY = ("edit", "submit", "revise")
RULE = "公示由两个人把关：一人起草，另一名管理本站的工作人员审核发布。本站只有一名工作人员的，由上级站审核；县级中心站可以自己发布。"


def may(user: User, action: str, notice: Notice) -> bool:
    """Whether the seats of ``user`` include the action, whatever the state. ``notice`` with its station."""
    if not user.seats.covers(notice.station):
        return False
    return action != "release" or may_release(user, notice)


def may_release(user: User, notice: Notice) -> bool:
    """Somebody else than who wrote it; the county office has nobody above it and may release its own."""
    return notice.county_id in user.seats.office_county_ids or notice.written_by_id != user.pk


def require(user: User, action: str, notice: Notice) -> None:
    if may(user, action, notice):
        return
    if action == "release" and user.seats.covers(notice.station):
        raise PermissionDenied(f"自己起草的公示要由别人审核发布。{RULE}")
    raise PermissionDenied("公示由本站和上级站的工作人员管理。")


def obstacle(action: str, notice: Notice) -> str:
    """Why the action cannot be taken on the notice as it is now, or ""."""
    label, sources = ACTIONS[action]
    if notice.key is not None and action in BY_PEOPLE_ONLY:
        return f"这条公示由系统按安排自动生成和更新，不能“{label}”；需要改动请修改对应的安排，或者撤下。"
    state = S.RELEASED if notice.is_due else notice.state
    if state not in sources:
        return f"这条公示现在是“{S(state).label}”，不能“{label}”。"
    return ""


def open_to(user: User, notice: Notice) -> set[str]:
    return {action for action in ACTIONS if may(user, action, notice) and not obstacle(action, notice)}


def reviewers(notice: Notice) -> list[User]:
    return others_of(notice.station, notice.written_by_id)


def told(notice: Notice) -> str:
    """Whom a notice was given to, for the end of a sentence; nothing where there is nobody."""
    names = "、".join(person.name for person in reviewers(notice))
    return f"，已通知{names}" if names else ""


def others_of(station: Station, writer_id: int | None) -> list[User]:
    """Who is asked: the station's staff but the writer; where there is nobody else, the office above, and so on up."""
    asked: Station | None = station
    while asked is not None:
        staff = User.objects.filter(station_seats__station=asked, is_active=True).order_by("pk")
        if people := [person for person in staff if person.pk != writer_id]:
            return people
        asked = asked.parent
    return []


def still_waits(pk: str, version: str) -> bool:
    """Asked when the message to the reviewers is sent."""
    return Notice.objects.filter(pk=pk, version=version, state=S.CHECKING).exists()


def found_in(notice: Notice, files: Sequence[str] = ()) -> list[tuple[str, str]]:
    """(kind, text) of everything in title, text and the names and captions of files that looks like personal data."""
    return [found for text in (notice.title, notice.body, *files) for found in findings(text)]


def texts_of_files(notice: Notice) -> list[str]:
    return [text for row in notice.files.all() for text in (row.name.rpartition(".")[0], row.caption) if text]
