"""The case itself (群众意见、代表建议、议案), its numbers, and who may see it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from deputies.models import Deputy
from liaison.lib.encryption import EncryptedTextField
from liaison.lib.grams import grams
from receptions.models import ReceptionDay
from stations.models import County, Department, Station
from suggestions.choices import (
    END_STATES,
    GRADES,
    OPEN_STATES,
    Channel,
    Field,
    Kind,
    LimitRule,
    RefuseReason,
    ResultKind,
    Satisfaction,
    State,
)

if TYPE_CHECKING:
    from accounts.models import User


class NumberSeries(models.Model):
    """The last number given out, per county and year; its row is locked while one is taken."""

    county = models.ForeignKey(County, verbose_name="县", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField("年度")
    last = models.PositiveIntegerField("最后一号", default=0)

    class Meta:
        verbose_name = "编号"
        verbose_name_plural = "编号"
        constraints = (models.UniqueConstraint(fields=["county", "year"], name="number_series_once"),)

    def __str__(self) -> str:
        return f"{self.county.prefix}{self.year}-{self.last:05d}"


class SuggestionQuerySet(models.QuerySet["Suggestion"]):
    def visible_to(self, user: User) -> SuggestionQuerySet:
        """The one definition of "may see": lists, pages, files, exports and search all start here.

        Staff see what came in at, or lies on the desk of, a station of their subtree, and what a department of theirs
        leads, also when the desk has moved on (for 评估 to the county); a department what it was assigned; a deputy
        what is addressed to the deputy; everybody what he or she registered, in the counties where he or she has a
        seat.
        """
        seats = user.seats
        if not seats.any:
            return self.none()
        if seats.county_ids == seats.office_county_ids:  # nothing beside it, so that a whole county is one index range
            return self.filter(county_id__in=seats.county_ids)
        condition = Q(county_id__in=seats.office_county_ids)
        if seats.subtree_ids:
            condition |= Q(station_id__in=seats.subtree_ids) | Q(desk_id__in=seats.subtree_ids)
            condition |= Q(lead_id__in=seats.departments_below)
        own = [Q(registered_by=user), Q(deputy_id__in=seats.deputy_ids)]
        if seats.subtree_ids and not seats.department_ids:
            return self.filter(condition | own[0] | own[1], county_id__in=seats.county_ids)
        # A union: where a person sees little of the county, no index would be used for an OR.
        from suggestions.models.assignment import Assignment  # which points to the case, so it comes after it

        assigned = Assignment.objects.filter(department_id__in=seats.department_ids).order_by().values("suggestion_id")
        others = [Suggestion.objects.filter(each).order_by().values("pk") for each in (*own, condition)]
        return self.filter(pk__in=assigned.union(*others, all=True), county_id__in=seats.county_ids)

    def open(self) -> SuggestionQuerySet:
        return self.filter(state__in=OPEN_STATES)

    def held(self) -> SuggestionQuerySet:
        """待审, as ``Suggestion.is_held`` has it."""
        return self.filter(state=State.SUBMITTED).exclude(held_words="")

    def for_page(self) -> SuggestionQuerySet:
        return self.select_related(
            "county__rules", "station", "desk__parent", "deputy", "lead", "registered_by", "reception_day"
        )


class Suggestion(models.Model):
    county = models.ForeignKey(County, verbose_name="县", on_delete=models.PROTECT, related_name="suggestions")
    year = models.PositiveSmallIntegerField("年度", editable=False)
    seq = models.PositiveIntegerField("序号", editable=False)
    number = models.CharField("编号", max_length=20, unique=True, editable=False)
    kind = models.CharField("类别", max_length=12, choices=Kind, default=Kind.OPINION)
    channel = models.CharField("渠道", max_length=12, choices=Channel)
    field = models.CharField("领域", max_length=14, choices=Field, blank=True)
    title = models.CharField("标题", max_length=80)
    content = models.TextField("反映事项", max_length=8000)
    demand = models.TextField("诉求", max_length=1000, blank=True)
    place = models.CharField("地点", max_length=80, blank=True)
    happened_on = models.DateField("反映日期")
    station = models.ForeignKey(Station, verbose_name="来源站点", on_delete=models.PROTECT, related_name="suggestions")
    desk = models.ForeignKey(
        Station, verbose_name="当前站点", on_delete=models.PROTECT, related_name="desk_suggestions"
    )
    deputy = models.ForeignKey(
        Deputy, verbose_name="接待代表", null=True, blank=True, on_delete=models.PROTECT, related_name="suggestions"
    )
    lead = models.ForeignKey(
        Department, verbose_name="主办单位", null=True, blank=True, on_delete=models.PROTECT, related_name="led"
    )
    opinion = models.TextField("处理意见", max_length=2000, blank=True)
    reception_day = models.ForeignKey(
        ReceptionDay, verbose_name="接待日", null=True, blank=True, on_delete=models.PROTECT, related_name="suggestions"
    )
    officer_help = models.CharField("驻站人员协助", max_length=200, blank=True)

    state = models.CharField("状态", max_length=12, choices=State)
    state_since = models.DateTimeField("状态时间")
    due_on = models.DateField("办理时限", null=True, blank=True)
    due_rule = models.CharField("时限依据", max_length=20, choices=LimitRule, blank=True)
    due_from = models.DateField("时限起算", null=True, blank=True)
    due_amount = models.PositiveSmallIntegerField("时限数值", null=True, blank=True)

    refuse_reason = models.CharField("不予受理原因", max_length=16, choices=RefuseReason, blank=True)
    refuse_note = models.TextField("不予受理说明", max_length=1000, blank=True)
    merged_into = models.ForeignKey(
        "self", verbose_name="并入", null=True, blank=True, on_delete=models.PROTECT, related_name="merged"
    )
    result_kind = models.CharField("办理结果", max_length=12, choices=ResultKind, blank=True)
    result = models.TextField("办理情况", max_length=8000, blank=True)
    reported_at = models.DateTimeField("办理完成时间", null=True, blank=True)
    reply = models.TextField("回复内容", max_length=8000, blank=True)
    replied_at = models.DateTimeField("回复时间", null=True, blank=True)
    # A step towards the answer was taken after its limit (``steps.py``); whether one is overdue now is derived.
    overran = models.BooleanField("有环节超过时限", default=False, editable=False)
    on_the_spot = models.BooleanField("当场答复", default=False)
    satisfaction = models.CharField("满意度", max_length=10, choices=Satisfaction, blank=True)
    redo_count = models.PositiveSmallIntegerField("重办次数", default=0)
    assessment = models.TextField("评估结论", max_length=4000, blank=True)
    urge_count = models.PositiveSmallIntegerField("催办次数", default=0)
    supervised_at = models.DateTimeField("督办时间", null=True, blank=True)
    escalated_at = models.DateTimeField("首次上报时间", null=True, blank=True, editable=False)
    follow_up_on = models.DateField("下次回访", null=True, blank=True)
    closed_at = models.DateTimeField("归档时间", null=True, blank=True)

    registered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="登记人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="registered_suggestions",
    )
    created_at = models.DateTimeField("登记时间")
    may_publish = models.BooleanField("来访人同意公开", default=False)
    # Words of the county's list that the message holds: to be read with care, no judgement of the voter.
    held_words = models.CharField("待审词", max_length=200, blank=True, editable=False)
    # Set (maybe empty) for what was settled before this system came and was taken in from a table; null for all others.
    # No default: SQLite would write the table anew, and its search triggers would be gone.
    old_number = models.CharField("原编号", max_length=40, null=True, blank=True, editable=False)
    query_code = EncryptedTextField("查询码", editable=False)
    # One form sent twice makes one case.
    form_token = models.CharField(max_length=40, unique=True, null=True, blank=True, editable=False)
    search = models.TextField(editable=False, default="")
    # Grows with every step; a page that was opened at an older version is stale.
    version = models.PositiveIntegerField(default=0, editable=False)
    # The last event of this case's chain: a removed tail shows, and the next event needs no look-up.
    event_seq = models.PositiveIntegerField(default=0, editable=False)
    event_hash = models.CharField(max_length=64, blank=True, editable=False)

    objects = SuggestionQuerySet.as_manager()

    class Meta:
        verbose_name = "意见建议"
        verbose_name_plural = "意见建议"
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(fields=["county", "year", "seq"], name="suggestion_seq_once"),
            models.CheckConstraint(
                condition=Q(state__in=[*END_STATES, State.MERGED]) | Q(due_on__isnull=False),
                name="open_suggestion_has_limit",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.MERGED) | Q(merged_into__isnull=False), name="merged_suggestion_has_main"
            ),
            models.CheckConstraint(
                condition=~Q(state=State.REFUSED) | ~Q(refuse_reason=""), name="refused_suggestion_has_reason"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[State.ASSIGNED, State.HANDLING]) | Q(lead__isnull=False),
                name="assigned_suggestion_has_lead",
            ),
            models.CheckConstraint(condition=Q(redo_count__lte=1), name="redo_at_most_once"),
            models.CheckConstraint(condition=~Q(state=State.REPLIED) | ~Q(reply=""), name="replied_has_reply"),
        )
        indexes = (
            # Every column the ledger filters by: whatever is combined, the newest first are found in the index alone.
            models.Index(
                fields=[
                    "county",
                    "-id",
                    "state",
                    "due_on",
                    "field",
                    "channel",
                    "kind",
                    "station",
                    "desk",
                    "lead",
                    "deputy",
                    "registered_by",
                    "satisfaction",
                    "result_kind",
                    "supervised_at",
                    "created_at",
                ],
                name="sugg_ledger",
            ),
            models.Index(fields=["county", "state", "-id"], name="sugg_county_state"),
            models.Index(fields=["county", "number"], name="sugg_county_number"),
            # With all that says who may see a case: what is overdue in an area is found in the index alone.
            models.Index(fields=["county", "due_on", "id", "state", "station", "desk"], name="sugg_county_due"),
            models.Index(fields=["station", "-id"], name="sugg_station"),
            models.Index(fields=["desk", "state", "due_on", "id"], name="sugg_desk"),
            models.Index(fields=["lead", "state", "due_on", "id"], name="sugg_lead"),
            models.Index(fields=["deputy", "state", "due_on"], name="sugg_deputy"),
            models.Index(fields=["registered_by", "county", "-id"], name="sugg_registered_by"),
            models.Index(fields=["state", "due_on"], name="sugg_clock"),
            # Every column the published figures count: a year of a county is counted in the index alone.
            models.Index(
                fields=[
                    "county",
                    "created_at",
                    "station",
                    "field",
                    "state",
                    "due_on",
                    "replied_at",
                    "overran",
                    "result_kind",
                    "satisfaction",
                ],
                name="sugg_figures",
            ),
            models.Index(fields=["follow_up_on"], name="sugg_follow_up", condition=Q(follow_up_on__isnull=False)),
        )

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        fields = kwargs.get("update_fields")
        if fields is None or {"title", "content", "place", "demand"} & set(fields):
            self.search = self.search_text()
            if fields is not None:
                kwargs["update_fields"] = {*fields, "search"}
        super().save(*args, **kwargs)

    def search_text(self) -> str:
        return grams(" ".join([self.number, self.title, self.place, self.demand, self.content]))

    @property
    def chain(self) -> str:
        return f"case:{self.pk}"

    @property
    def is_held(self) -> bool:
        """待审: the message holds words of the county's list, and nobody has decided about it yet."""
        return bool(self.held_words) and self.state == State.SUBMITTED

    @property
    def is_past(self) -> bool:
        """历史件: settled before, taken in from a table."""
        return self.old_number is not None

    @property
    def is_formal(self) -> bool:
        """Handles what deputies put before their congress (``Formal``); they, not voters, get its answer and rate it."""
        return self.kind in (Kind.SUGGESTION, Kind.MOTION) and hasattr(self, "formal")

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def grade(self) -> str:
        return GRADES.get(ResultKind(self.result_kind), "") if self.result_kind else ""

    def is_overdue(self, today: dt.date | None = None) -> bool:
        """Past the limit; a case due today is not. Derived, never stored."""
        return self.is_open and self.due_on is not None and self.due_on < (today or timezone.localdate())
