"""站点吹哨、部门报到: a whistle calls departments, each call goes its own way."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from stations.models import Department, Station
from suggestions.choices import Satisfaction
from suggestions.models import Suggestion

if TYPE_CHECKING:
    from accounts.models import User


class Ground(models.TextChoices):
    """The three cases in which a station may whistle, and no other."""

    BEYOND = "beyond", "站点自身解决不了"
    JOINT = "joint", "需要部门联合执法"
    EMERGENCY = "emergency", "突发紧急情况"


class CallState(models.TextChoices):
    CALLED = "called", "待报到"
    HERE = "here", "已报到，办理中"
    DONE = "done", "已办结"
    REFUSED = "refused", "申请退哨"
    RAISED = "raised", "待县裁定"
    EXCUSED = "excused", "已退哨"
    WITHDRAWN = "withdrawn", "已撤哨"


OPEN_CALLS = (CallState.CALLED, CallState.HERE, CallState.REFUSED, CallState.RAISED)


class Response(models.TextChoices):
    """How the station found the coming."""

    PROMPT = "prompt", "及时"
    SLOW = "slow", "较慢"
    BAD = "bad", "推拖"


class Solved(models.TextChoices):
    YES = "yes", "已解决"
    PARTLY = "partly", "部分解决"
    NO = "no", "没有解决"


class Justified(models.TextChoices):
    """How the department found the whistle."""

    YES = "yes", "吹得准，应当到场"
    PARTLY = "partly", "可以先在站点协调"
    NO = "no", "不该吹哨"


class WhistleQuerySet(models.QuerySet["Whistle"]):
    def visible_to(self, user: User) -> WhistleQuerySet:
        """Of the stations one works on, and those that call one's departments."""
        calls = Call.objects.filter(whistle=models.OuterRef("pk"), department__in=user.seats.department_ids)
        return self.filter(user.seats.subtree("station__") | models.Exists(calls))


class Whistle(models.Model):
    station = models.ForeignKey(Station, verbose_name="吹哨站点", on_delete=models.PROTECT, related_name="whistles")
    case = models.ForeignKey(
        Suggestion, verbose_name="意见", null=True, blank=True, on_delete=models.PROTECT, related_name="whistles"
    )
    ground = models.CharField("吹哨情形", max_length=10, choices=Ground)
    title = models.CharField("事项", max_length=60)
    matter = models.TextField("情况说明", max_length=1000)
    place = models.CharField("报到地点", max_length=120)
    blown_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="吹哨人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    blown_at = models.DateTimeField("吹哨时间", default=timezone.now)

    objects = WhistleQuerySet.as_manager()

    class Meta:
        verbose_name = "吹哨"
        verbose_name_plural = "吹哨"
        ordering = ("-blown_at", "-id")

    def __str__(self) -> str:
        return self.title

    @property
    def chain(self) -> str:
        return f"whistle:{self.pk}"


class CallQuerySet(models.QuerySet["Call"]):
    def visible_to(self, user: User) -> CallQuerySet:
        """All calls of a station's whistles to who works on it; to a department its own."""
        own = Q(department__in=user.seats.department_ids)
        return self.filter(user.seats.subtree("whistle__station__") | own)

    def open(self) -> CallQuerySet:
        return self.filter(state__in=OPEN_CALLS)


class Call(models.Model):
    """A department that is called by a whistle. ``case`` and ``station`` say again what the whistle says, so that the
    database itself holds that nobody is called twice."""

    whistle = models.ForeignKey(Whistle, verbose_name="吹哨", on_delete=models.PROTECT, related_name="calls")
    department = models.ForeignKey(
        Department, verbose_name="单位", on_delete=models.PROTECT, related_name="whistle_calls"
    )
    case = models.ForeignKey(
        Suggestion, verbose_name="意见", null=True, blank=True, on_delete=models.PROTECT, related_name="whistle_calls"
    )
    state = models.CharField("状态", max_length=10, choices=CallState, default=CallState.CALLED)
    since = models.DateTimeField("进入状态的时间", default=timezone.now)
    due_at = models.DateTimeField("报到期限")
    due_why = models.CharField("期限依据", max_length=40)
    missed_at = models.DateTimeField("催报到的时间", null=True, blank=True)
    # Coming.
    came_at = models.DateTimeField("报到时间", null=True, blank=True)
    came_who = models.CharField("报到人", max_length=60, blank=True)
    came_where = models.CharField("实际报到地点", max_length=120, blank=True)
    finish_on = models.DateField("办结期限", null=True, blank=True)
    # How it ended.
    result = models.TextField("办理结果", max_length=2000, blank=True)
    done_at = models.DateTimeField("办结时间", null=True, blank=True)
    refusal = models.TextField("退哨理由", max_length=500, blank=True)
    decision = models.TextField("裁定意见", max_length=500, blank=True)
    # The station rates the department.
    response = models.CharField("响应评价", max_length=10, choices=Response, blank=True)
    solved = models.CharField("解决评价", max_length=10, choices=Solved, blank=True)
    content = models.CharField("满意评价", max_length=10, choices=Satisfaction, blank=True)
    remark = models.CharField("评价说明", max_length=200, blank=True)
    rated_at = models.DateTimeField("评价时间", null=True, blank=True)
    # The department rates the station.
    justified = models.CharField("吹哨评价", max_length=10, choices=Justified, blank=True)
    justified_remark = models.CharField("吹哨评价说明", max_length=200, blank=True)
    judged_at = models.DateTimeField("评价吹哨的时间", null=True, blank=True)

    objects = CallQuerySet.as_manager()

    class Meta:
        verbose_name = "单位接哨"
        verbose_name_plural = "单位接哨"
        ordering = ("whistle", "department__station__path", "id")
        constraints = (
            models.UniqueConstraint(fields=["whistle", "department"], name="called_once_by_a_whistle"),
            models.UniqueConstraint(
                fields=["case", "department"], condition=Q(state__in=OPEN_CALLS), name="called_once_for_an_open_case"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[CallState.HERE, CallState.DONE], came_at__isnull=False, finish_on__isnull=False)
                | ~Q(state__in=[CallState.HERE, CallState.DONE]),
                name="call_worked_by_who_came",
            ),
            models.CheckConstraint(
                condition=Q(rated_at__isnull=True, response="", solved="", content="")
                | (Q(rated_at__isnull=False) & ~Q(response="") & ~Q(solved="") & ~Q(content="")),
                name="call_rated_whole",
            ),
        )
        indexes = (models.Index(fields=["department", "state"], name="call_department_state"),)

    def __str__(self) -> str:
        return f"{self.whistle}：{self.department}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_CALLS

    @property
    def decision_label(self) -> str:
        """What ``decision`` says in this state."""
        return {CallState.RAISED: "站点意见", CallState.WITHDRAWN: "撤哨原因"}.get(CallState(self.state), "答复、裁定")

    @property
    def came_late(self) -> bool:
        return self.came_at is not None and self.came_at > self.due_at

    def is_missed(self, now: dt.datetime | None = None) -> bool:
        """Nobody came within the limit, and nobody has yet."""
        return self.state == CallState.CALLED and self.due_at < (now or timezone.now())


IN_TIME = Q(came_at__isnull=False, came_at__lte=F("due_at"))
"""Checked in within the limit."""
