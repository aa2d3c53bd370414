"""Reception days (接待日): the rule, the days it makes, who is on duty, and what happens on the day."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from deputies.models import Deputy, Status
from noticeboard.models import Notice
from stations.models import County, Department, ResidentOfficer, Station
from workdays.calendar import Move

if TYPE_CHECKING:
    from accounts.models import User


def _number(label: str, most: int, source: str, *, least: int = 1) -> models.PositiveSmallIntegerField:
    return models.PositiveSmallIntegerField(
        label,
        null=True,
        blank=True,
        help_text=source,
        validators=[MinValueValidator(least), MaxValueValidator(most)],
    )


class ReceptionRule(models.Model):
    """How a station holds its reception days. What is empty is as at the station above; the hub's is the county's
    rule, and what is empty there too has the default of ``schedule.DEFAULTS``."""

    station = models.OneToOneField(
        Station, verbose_name="站点", on_delete=models.CASCADE, related_name="reception_rule"
    )
    holds = models.BooleanField(
        "设接待日", null=True, blank=True, help_text="默认：中心站和乡镇（街道）联络站设，其他不设。"
    )
    day = _number("每月几日", 31, "博爱县每月 25 日，禹州市每月 15 日。29—31 日在没有这一天的月份按月末计。")
    move = models.CharField(
        "遇休息日", max_length=14, choices=Move, blank=True, help_text="禹州市：15 日为周末的，提前或者延后 1 天。"
    )
    starts_at = models.TimeField("开始时间", null=True, blank=True)
    ends_at = models.TimeField("结束时间", null=True, blank=True)
    notice_days = _number("提前几天通知", 15, "禹州市：提前 5 天通知接待代表和驻站人员并公告。")
    again_days = _number("提前几天再次提醒", 10, "接待前 2 天仍未回复“收到”的再提醒一次。", least=0)
    on_duty = _number("每次值班代表（名）", 20, "各站按代表人数确定。")
    min_duties = _number("每名代表每年至少值班（次）", 12, "工作惯例：每名代表每年至少 2 次。", least=0)

    class Meta:
        verbose_name = "接待日规则"
        verbose_name_plural = "接待日规则"
        constraints = (
            models.CheckConstraint(
                condition=Q(starts_at__isnull=True) | Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
                name="reception_rule_ends_after_start",
            ),
        )

    def __str__(self) -> str:
        return f"{self.station}接待日规则"


class Brand(models.Model):
    """特色载体: a form of activity that a station is known for (“院落板凳会”), with a page of its own. Reception days of
    the station, or of the stations of its township, are held under it (``brands.for_days_of``)."""

    station = models.ForeignKey(Station, verbose_name="站点", on_delete=models.PROTECT, related_name="brands")
    name = models.CharField("名称", max_length=30)
    about = models.TextField("介绍", max_length=1000, blank=True)
    since = models.PositiveSmallIntegerField(
        "开始年份", null=True, blank=True, validators=[MinValueValidator(1954), MaxValueValidator(2100)]
    )
    is_active = models.BooleanField("在开展", default=True)

    class Meta:
        verbose_name = "特色载体"
        verbose_name_plural = "特色载体"
        ordering = ("station__path", "-is_active", "pk")
        constraints = (models.UniqueConstraint(fields=["station", "name"], name="brand_once_at_a_station"),)

    def __str__(self) -> str:
        return f"{self.station}“{self.name}”"


class DayState(models.TextChoices):
    PLANNED = "planned", "待接待"
    OPEN = "open", "接待中"
    CLOSED = "closed", "已结束"
    CANCELLED = "cancelled", "已取消"


class ReceptionDayQuerySet(models.QuerySet["ReceptionDay"]):
    def visible_to(self, user: User) -> ReceptionDayQuerySet:
        """Every reception day of the counties one has a seat in: when a station is open is public anyway."""
        return self.filter(county_id__in=user.seats.county_ids)

    def standing(self) -> ReceptionDayQuerySet:
        return self.exclude(state=DayState.CANCELLED)

    def upcoming(self, today: dt.date | None = None) -> ReceptionDayQuerySet:
        return self.standing().filter(date__gte=today or timezone.localdate())


class ReceptionDay(models.Model):
    county = models.ForeignKey(County, verbose_name="县", on_delete=models.PROTECT, related_name="reception_days")
    station = models.ForeignKey(Station, verbose_name="站点", on_delete=models.PROTECT, related_name="reception_days")
    # The month whose day the rule made ("2026-11"); empty for a day that the office added.
    period = models.CharField("月份", max_length=7, blank=True, editable=False)
    planned_on = models.DateField("规则日", editable=False)
    date = models.DateField("接待日")
    starts_at = models.TimeField("开始时间")
    ends_at = models.TimeField("结束时间")
    place = models.CharField("地点", max_length=120, blank=True)
    why = models.CharField("日期说明", max_length=200, blank=True)
    provisional = models.BooleanField("暂定", default=False, help_text="当年节假日安排尚未公布，公布后自动确定。")
    by_hand = models.BooleanField("手工确定", default=False, editable=False)
    theme = models.CharField("主题", max_length=60, blank=True, help_text="不填则用本季度主题。")
    activity = models.CharField("本月活动", max_length=200, blank=True)
    brand = models.ForeignKey(
        Brand, verbose_name="特色载体", null=True, blank=True, on_delete=models.PROTECT, related_name="days"
    )
    state = models.CharField("状态", max_length=10, choices=DayState, default=DayState.PLANNED)
    cancel_reason = models.CharField("取消原因", max_length=200, blank=True)
    # Grows with each change of date, time, place or state that those already told must hear of.
    revision = models.PositiveIntegerField(default=1, editable=False)
    # Whether somebody still has to hear something: the reminder looks for these, and clears it with what it writes.
    to_tell = models.BooleanField("待通知", default=True, editable=False)
    told_at = models.DateTimeField("通知时间", null=True, blank=True, editable=False)
    told_revision = models.PositiveIntegerField(null=True, blank=True, editable=False)
    # How often it was told, and as what ({"date", "hours", "place", "state", "was"}): what is other now is said so.
    told_round = models.PositiveIntegerField(default=0, editable=False)
    told_as = models.JSONField(default=dict, blank=True, editable=False)
    notice = models.ForeignKey(
        Notice, verbose_name="公示", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    opened_at = models.DateTimeField("开始接待", null=True, blank=True)
    visitors = models.PositiveIntegerField("来访人次", default=0)
    summary = models.TextField("接待小结", max_length=4000, blank=True)
    closed_at = models.DateTimeField("结束时间", null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="结束人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    summary_notice = models.ForeignKey(
        Notice,
        verbose_name="小结公示",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        editable=False,
    )

    objects = ReceptionDayQuerySet.as_manager()

    class Meta:
        verbose_name = "接待日"
        verbose_name_plural = "接待日"
        ordering = ("date", "starts_at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=["station", "period"], condition=~Q(period=""), name="reception_day_once_a_month"
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="reception_day_ends_after_start"),
            models.CheckConstraint(
                condition=~Q(state=DayState.CANCELLED) | ~Q(cancel_reason=""), name="cancelled_day_has_reason"
            ),
        )
        indexes = (
            models.Index(fields=["county", "date"], name="reception_county_date"),
            models.Index(fields=["station", "date"], name="reception_station_date"),
            models.Index(fields=["date", "id"], name="reception_to_tell", condition=Q(to_tell=True)),
        )

    def __str__(self) -> str:
        return f"{self.station} {self.date:%Y-%m-%d} 接待日"

    @property
    def chain(self) -> str:
        return f"day:{self.pk}"


class DutyQuerySet(models.QuerySet["Duty"]):
    def shown(self, today: dt.date | None = None) -> DutyQuerySet:
        """Who is shown with a day outside the office: of days to come not those who were suspended, or whose office
        ended, after the roster was made; past days as they were."""
        return self.filter(Q(deputy__status=Status.SERVING) | Q(day__date__lt=today or timezone.localdate()))


class Duty(models.Model):
    """值班: one deputy on one reception day."""

    day = models.ForeignKey(ReceptionDay, verbose_name="接待日", on_delete=models.CASCADE, related_name="duties")
    deputy = models.ForeignKey(Deputy, verbose_name="代表", on_delete=models.PROTECT, related_name="duties")
    by_hand = models.BooleanField("手工安排", default=False, help_text="重新排班时保留。")
    # "收到" for the arrangement of that revision of the day; a moved day is acknowledged anew.
    acknowledged_at = models.DateTimeField("收到时间", null=True, blank=True)
    acknowledged_revision = models.PositiveIntegerField(null=True, blank=True, editable=False)
    # The revision at which the deputy, who had not acknowledged, was told once more.
    again_revision = models.PositiveIntegerField(null=True, blank=True, editable=False)
    signed_in_at = models.DateTimeField("签到时间", null=True, blank=True)
    badge_worn = models.BooleanField("佩戴代表证", default=False)
    absent_reason = models.CharField("缺席原因", max_length=120, blank=True)

    objects = DutyQuerySet.as_manager()

    class Meta:
        verbose_name = "值班"
        verbose_name_plural = "值班"
        ordering = ("day", "deputy__pinyin", "id")
        constraints = (models.UniqueConstraint(fields=["day", "deputy"], name="duty_once"),)

    def __str__(self) -> str:
        return f"{self.day}：{self.deputy}"

    @property
    def is_acknowledged(self) -> bool:
        """For the arrangement as it is now."""
        return self.acknowledged_revision == self.day.revision


class OfficerSignIn(models.Model):
    """A resident officer who was there on the day."""

    day = models.ForeignKey(
        ReceptionDay, verbose_name="接待日", on_delete=models.CASCADE, related_name="officer_sign_ins"
    )
    officer = models.ForeignKey(
        ResidentOfficer, verbose_name="驻站人员", on_delete=models.PROTECT, related_name="sign_ins"
    )
    signed_in_at = models.DateTimeField("签到时间", default=timezone.now)

    class Meta:
        verbose_name = "驻站人员签到"
        verbose_name_plural = "驻站人员签到"
        constraints = (models.UniqueConstraint(fields=["day", "officer"], name="officer_sign_in_once"),)

    def __str__(self) -> str:
        return f"{self.day}：{self.officer}"


class LeaveState(models.TextChoices):
    ASKED = "asked", "待批准"
    GRANTED = "granted", "已批准"
    DECLINED = "declined", "未批准"
    WITHDRAWN = "withdrawn", "已撤回"


class LeaveQuerySet(models.QuerySet["Leave"]):
    def granted_on(self, date: dt.date) -> LeaveQuerySet:
        return self.filter(state=LeaveState.GRANTED, starts_on__lte=date, ends_on__gte=date)


class Leave(models.Model):
    """请假: days on which a deputy is not to be put on duty."""

    deputy = models.ForeignKey(Deputy, verbose_name="代表", on_delete=models.PROTECT, related_name="leaves")
    starts_on = models.DateField("开始日期")
    ends_on = models.DateField("结束日期")
    reason = models.CharField("原因", max_length=120)
    state = models.CharField("状态", max_length=10, choices=LeaveState, default=LeaveState.ASKED)
    asked_at = models.DateTimeField("申请时间", default=timezone.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="批准人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    decided_at = models.DateTimeField("批准时间", null=True, blank=True)
    note = models.CharField("批复意见", max_length=120, blank=True)

    objects = LeaveQuerySet.as_manager()

    class Meta:
        verbose_name = "请假"
        verbose_name_plural = "请假"
        ordering = ("-id",)
        constraints = (models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="leave_ends_after_start"),)

    def __str__(self) -> str:
        return f"{self.deputy} {self.starts_on}—{self.ends_on}"


class SwapState(models.TextChoices):
    ASKED = "asked", "待对方同意"
    AGREED = "agreed", "已换班"
    DECLINED = "declined", "对方未同意"
    WITHDRAWN = "withdrawn", "已撤回"
    VOID = "void", "已失效"


class Swap(models.Model):
    """换班: ``deputy`` gives the duty of ``day`` to ``partner``, and takes the partner's of ``partner_day`` where there is
    one. The partner agrees, the office is told."""

    day = models.ForeignKey(ReceptionDay, verbose_name="接待日", on_delete=models.CASCADE, related_name="swaps")
    deputy = models.ForeignKey(Deputy, verbose_name="申请代表", on_delete=models.PROTECT, related_name="swaps_asked")
    partner = models.ForeignKey(
        Deputy, verbose_name="对方代表", on_delete=models.PROTECT, related_name="swaps_received"
    )
    partner_day = models.ForeignKey(
        ReceptionDay, verbose_name="对方接待日", null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    reason = models.CharField("原因", max_length=120, blank=True)
    state = models.CharField("状态", max_length=10, choices=SwapState, default=SwapState.ASKED)
    asked_at = models.DateTimeField("申请时间", default=timezone.now)
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    # What the partner says with it, or why it came to nothing.
    answer = models.CharField("答复说明", max_length=120, blank=True)

    class Meta:
        verbose_name = "换班"
        verbose_name_plural = "换班"
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(condition=~Q(deputy=F("partner")), name="swap_with_somebody_else"),
            models.UniqueConstraint(
                fields=["day", "deputy"], condition=Q(state=SwapState.ASKED), name="swap_asked_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.deputy} ⇄ {self.partner}（{self.day}）"


class InvitationState(models.TextChoices):
    ASKED = "asked", "待答复"
    ACCEPTED = "accepted", "应邀"
    DECLINED = "declined", "不能到站"
    WITHDRAWN = "withdrawn", "已撤回"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def visible_to(self, user: User) -> InvitationQuerySet:
        """The department's, those of days one arranges, those made for a deputy of one's stations or for oneself."""
        seats = user.seats
        condition = seats.subtree("day__station__") | seats.subtree("deputy__home_station__")
        condition |= Q(department_id__in=seats.department_ids) | Q(deputy_id__in=seats.deputy_ids)
        return self.filter(condition)


class Invitation(models.Model):
    """The head of a department is invited to the station to explain (seed: 适时邀请其负责人进站解疑答惑)."""

    day = models.ForeignKey(ReceptionDay, verbose_name="接待日", on_delete=models.CASCADE, related_name="invitations")
    department = models.ForeignKey(
        Department, verbose_name="单位", on_delete=models.PROTECT, related_name="invitations"
    )
    deputy = models.ForeignKey(
        Deputy, verbose_name="联系代表", null=True, blank=True, on_delete=models.PROTECT, related_name="invitations"
    )
    matter = models.TextField("事由", max_length=500)
    guest = models.CharField("到站负责人", max_length=40, blank=True, help_text="姓名和职务。")
    state = models.CharField("状态", max_length=10, choices=InvitationState, default=InvitationState.ASKED)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="邀请人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField("邀请时间", default=timezone.now)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="答复人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    answer = models.CharField("答复说明", max_length=200, blank=True)
    came = models.BooleanField("到站", null=True, blank=True)
    outcome = models.TextField("结果", max_length=1000, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = "邀请单位进站"
        verbose_name_plural = "邀请单位进站"
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=["day", "department"], condition=~Q(state=InvitationState.WITHDRAWN), name="invited_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.day}：{self.department}"


class DayPhoto(models.Model):
    day = models.ForeignKey(ReceptionDay, verbose_name="接待日", on_delete=models.CASCADE, related_name="photos")
    file = models.FileField("照片", upload_to="receptions/%Y/%m/")
    name = models.CharField("文件名", max_length=120)
    media_type = models.CharField("类型", max_length=80)
    caption = models.CharField("说明", max_length=80, blank=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="上传人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    uploaded_at = models.DateTimeField("上传时间", default=timezone.now)

    class Meta:
        verbose_name = "接待日照片"
        verbose_name_plural = "接待日照片"
        ordering = ("id",)

    def __str__(self) -> str:
        return self.name


class QuarterTheme(models.Model):
    """一季一主题: of a station; a station without one has that of the station above."""

    station = models.ForeignKey(Station, verbose_name="站点", on_delete=models.CASCADE, related_name="quarter_themes")
    year = models.PositiveSmallIntegerField("年度")
    quarter = models.PositiveSmallIntegerField("季度", validators=[MinValueValidator(1), MaxValueValidator(4)])
    theme = models.CharField("主题", max_length=60)

    class Meta:
        verbose_name = "季度主题"
        verbose_name_plural = "季度主题"
        ordering = ("station__path", "year", "quarter")
        constraints = (
            models.UniqueConstraint(fields=["station", "year", "quarter"], name="quarter_theme_once"),
            models.CheckConstraint(condition=Q(quarter__gte=1, quarter__lte=4), name="quarter_is_one_to_four"),
        )

    def __str__(self) -> str:
        return f"{self.station} {self.year} 年第 {self.quarter} 季度：{self.theme}"


class CalendarFeed(models.Model):
    """A secret .ics address of a deputy or of a station, that a calendar program subscribes to."""

    token = models.CharField(max_length=64, unique=True, editable=False)
    deputy = models.ForeignKey(
        Deputy, verbose_name="代表", null=True, blank=True, on_delete=models.CASCADE, related_name="calendar_feeds"
    )
    station = models.ForeignKey(
        Station, verbose_name="站点", null=True, blank=True, on_delete=models.CASCADE, related_name="calendar_feeds"
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="建立人", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField("建立时间", default=timezone.now)
    revoked_at = models.DateTimeField("停用时间", null=True, blank=True)
    read_at = models.DateTimeField("最近读取", null=True, blank=True)

    class Meta:
        verbose_name = "日历订阅"
        verbose_name_plural = "日历订阅"
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(deputy__isnull=False, station__isnull=True) | Q(deputy__isnull=True, station__isnull=False),
                name="feed_of_deputy_or_station",
            ),
        )

    def __str__(self) -> str:
        return f"{self.deputy or self.station} 日历订阅"
