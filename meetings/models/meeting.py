"""A meeting of the standing committee, the deputies who attend it (列席) and the citizens who listen (旁听)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from deputies.models import Deputy
from liaison.lib.numerals import in_chinese
from liaison.lib.reachable import Reachable
from stations.models import County

if TYPE_CHECKING:
    from accounts.models import User


class MeetingState(models.TextChoices):
    PLANNED = "planned", "待召开"
    HELD = "held", "已召开"
    CANCELLED = "cancelled", "已取消"


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def held(self) -> MeetingQuerySet:
        """What counts: meetings that took place and whose sign-in is closed."""
        return self.filter(state=MeetingState.HELD)

    def visible_to(self, user: User) -> MeetingQuerySet:
        """Date and agenda: every seat of the county. Who attends is another matter (``Attendee.objects.visible_to``)."""
        return self.filter(county__in=user.seats.county_ids)


class Meeting(models.Model):
    """第 ``session`` 届人大常委会第 ``number`` 次会议. ``agenda`` holds one item a line."""

    county = models.ForeignKey(County, verbose_name="县", on_delete=models.PROTECT, related_name="meetings")
    session = models.PositiveSmallIntegerField(
        "届", validators=[MinValueValidator(1), MaxValueValidator(99)], help_text="第几届。"
    )
    number = models.PositiveSmallIntegerField(
        "次", validators=[MinValueValidator(1), MaxValueValidator(200)], help_text="本届第几次会议。"
    )
    held_on = models.DateField("会议日期")
    starts_at = models.TimeField("开始时间")
    place = models.CharField("地点", max_length=60)
    agenda = models.TextField("议程", blank=True, help_text="一行一项。")
    state = models.CharField("状态", max_length=10, choices=MeetingState, default=MeetingState.PLANNED)
    cancel_reason = models.CharField("取消原因", max_length=200, blank=True)
    # Grows with date, hour and place: what was told at an earlier one is told anew.
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = "常委会会议"
        verbose_name_plural = "常委会会议"
        ordering = ("-held_on", "-number", "id")
        constraints = (models.UniqueConstraint(fields=["county", "session", "number"], name="meeting_once"),)

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return f"第{in_chinese(self.session)}届人大常委会第{in_chinese(self.number)}次会议"

    @property
    def items(self) -> list[str]:
        return [line.strip() for line in self.agenda.splitlines() if line.strip()]

    @property
    def is_planned(self) -> bool:
        return self.state == MeetingState.PLANNED


class AttendeeKind(models.TextChoices):
    DEPUTY = "deputy", "列席代表"
    CITIZEN = "citizen", "旁听公民"


class Answer(models.TextChoices):
    ASKED = "asked", "待答复"
    COMING = "coming", "参加"
    DECLINED = "declined", "不能参加"


class AttendeeQuerySet(models.QuerySet["Attendee"]):
    def deputies(self) -> AttendeeQuerySet:
        return self.filter(kind=AttendeeKind.DEPUTY)

    def citizens(self) -> AttendeeQuerySet:
        return self.filter(kind=AttendeeKind.CITIZEN)

    def present(self) -> AttendeeQuerySet:
        return self.filter(signed_in_at__isnull=False)

    def visible_to(self, user: User) -> AttendeeQuerySet:
        """The county office all; other staff the deputies of their stations; a deputy the own row."""
        seats = user.seats
        own = Q(deputy__in=seats.deputy_ids)
        return self.filter(
            Q(meeting__county__in=seats.office_county_ids) | own | seats.subtree("deputy__home_station__")
        )


class Attendee(models.Model):
    """Somebody invited to a meeting, or signed up for it; attended means signed in."""

    meeting = models.ForeignKey(Meeting, verbose_name="会议", on_delete=models.PROTECT, related_name="attendees")
    kind = models.CharField("类别", max_length=10, choices=AttendeeKind)
    deputy = models.ForeignKey(
        Deputy, verbose_name="代表", null=True, blank=True, on_delete=models.PROTECT, related_name="meetings_attended"
    )
    answer = models.CharField("答复", max_length=10, choices=Answer, default=Answer.ASKED)
    reason = models.CharField("不能参加的原因", max_length=200, blank=True)
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    signed_in_at = models.DateTimeField("签到时间", null=True, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="登记人",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    objects = AttendeeQuerySet.as_manager()

    class Meta:
        verbose_name = "列席旁听人员"
        verbose_name_plural = "列席旁听人员"
        ordering = ("kind", "deputy__pinyin", "id")
        constraints = (
            models.UniqueConstraint(fields=["meeting", "deputy"], name="attendee_once"),
            models.CheckConstraint(
                condition=Q(kind=AttendeeKind.DEPUTY, deputy__isnull=False)
                | Q(kind=AttendeeKind.CITIZEN, deputy__isnull=True),
                name="attendee_deputy_or_citizen",
            ),
        )

    def __str__(self) -> str:
        return self.deputy.name if self.deputy else self.get_kind_display()


class Citizen(Reachable):
    """Who listens: personal data in a table of its own. The name may be left out; the seat counts all the same."""

    attendee = models.OneToOneField(Attendee, verbose_name="旁听", on_delete=models.CASCADE, related_name="citizen")

    class Meta:
        verbose_name = "旁听公民"
        verbose_name_plural = "旁听公民"
