"""The case (群众意见、代表建议、议案) and what belongs to it. Only ``workflow.py`` changes a state."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from deputies.models import Deputy
from liaison.lib.encryption import EncryptedTextField, blind_index
from liaison.lib.grams import grams
from liaison.lib.masking import mask_name, mask_phone
from stations.models import County, Department, Station
from suggestions.choices import (
    END_STATES,
    GRADES,
    OPEN_STATES,
    AgeBand,
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

        Staff see what came in at, or lies on the desk of, a station of their subtree; a department what it was
        assigned; a deputy what is addressed to the deputy; everybody what he or she registered, in the counties
        where he or she has a seat.
        """
        seats = user.seats
        if not seats.any:
            return self.none()
        if seats.county_ids == seats.office_county_ids:  # nothing beside it, so that a whole county is one index range
            return self.filter(county_id__in=seats.county_ids)
        condition = Q(registered_by=user) | Q(county_id__in=seats.office_county_ids)
        if seats.subtree_ids:
            condition |= Q(station_id__in=seats.subtree_ids) | Q(desk_id__in=seats.subtree_ids)
        if seats.deputy_ids:
            condition |= Q(deputy_id__in=seats.deputy_ids)
        if seats.department_ids:  # a union: beside an OR, no index of the subquery would be used
            assigned = Assignment.objects.filter(department_id__in=seats.department_ids).order_by()
            others = Suggestion.objects.filter(condition).order_by()
            condition = Q(pk__in=assigned.values("suggestion_id").union(others.values("pk"), all=True))
        return self.filter(condition, county_id__in=seats.county_ids)

    def open(self) -> SuggestionQuerySet:
        return self.filter(state__in=OPEN_STATES)

    def overdue(self, today: dt.date | None = None) -> SuggestionQuerySet:
        """Past the limit. A case due today is not overdue (rules.md). Derived, never stored."""
        return self.open().filter(due_on__lt=today or timezone.localdate())

    def for_page(self) -> SuggestionQuerySet:
        return self.select_related("county__rules", "station", "desk__parent", "deputy", "lead", "registered_by")


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
    on_the_spot = models.BooleanField("当场答复", default=False)
    satisfaction = models.CharField("满意度", max_length=10, choices=Satisfaction, blank=True)
    redo_count = models.PositiveSmallIntegerField("重办次数", default=0)
    assessment = models.TextField("评估结论", max_length=4000, blank=True)
    urge_count = models.PositiveSmallIntegerField("催办次数", default=0)
    supervised_at = models.DateTimeField("督办时间", null=True, blank=True)
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
            models.Index(fields=["county", "due_on", "id"], name="sugg_county_due"),
            models.Index(fields=["station", "-id"], name="sugg_station"),
            models.Index(fields=["desk", "state", "due_on"], name="sugg_desk"),
            models.Index(fields=["lead", "state", "due_on"], name="sugg_lead"),
            models.Index(fields=["deputy", "state", "due_on"], name="sugg_deputy"),
            models.Index(fields=["state", "due_on"], name="sugg_clock"),
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
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def grade(self) -> str:
        return GRADES.get(ResultKind(self.result_kind), "") if self.result_kind else ""

    def is_overdue(self, today: dt.date | None = None) -> bool:
        return self.is_open and self.due_on is not None and self.due_on < (today or timezone.localdate())


class Voter(models.Model):
    """Who brought the matter: personal data, encrypted, apart from the case and its history, so it can be erased.

    A joint case has several; each gets the answer (河南省代表建议办理办法 2017 art 21). Never an ID number.
    """

    suggestion = models.ForeignKey(Suggestion, verbose_name="意见建议", on_delete=models.PROTECT, related_name="voters")
    name = EncryptedTextField("姓名", blank=True)
    phone = EncryptedTextField("联系电话", blank=True)
    phone_index = models.CharField(max_length=32, blank=True, editable=False, db_index=True)
    address = EncryptedTextField("住址（村/社区）", blank=True)
    gender = models.CharField("性别", max_length=1, choices=[("男", "男"), ("女", "女")], blank=True)
    age_band = models.CharField("年龄段", max_length=10, choices=AgeBand, blank=True)
    erased_at = models.DateTimeField("删除时间", null=True, blank=True)

    class Meta:
        verbose_name = "来访人"
        verbose_name_plural = "来访人"
        ordering = ("id",)

    def __str__(self) -> str:
        return self.masked_name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.phone_index = blind_index(self.phone) if self.phone else ""
        super().save(*args, **kwargs)

    @property
    def masked_name(self) -> str:
        if self.erased_at:
            return "（已删除）"
        return mask_name(self.name) if self.name else "未留姓名"

    @property
    def masked_phone(self) -> str:
        return mask_phone(self.phone) if self.phone else ""


class AssignmentRole(models.TextChoices):
    LEAD = "lead", "主办"
    CO = "co", "协办"


class AssignmentState(models.TextChoices):
    SENT = "sent", "待签收"
    TAKEN = "taken", "已签收"
    OBJECTED = "objected", "已申退"
    REPORTED = "reported", "已办结"
    ENDED = "ended", "已撤销"


class Assignment(models.Model):
    """交办: one department's part in a case, one row per round (a redo is a new round)."""

    suggestion = models.ForeignKey(
        Suggestion, verbose_name="意见建议", on_delete=models.PROTECT, related_name="assignments"
    )
    department = models.ForeignKey(
        Department, verbose_name="承办单位", on_delete=models.PROTECT, related_name="assignments"
    )
    role = models.CharField("主办/协办", max_length=6, choices=AssignmentRole)
    round = models.PositiveSmallIntegerField("轮次", default=1)
    state = models.CharField("状态", max_length=10, choices=AssignmentState, default=AssignmentState.SENT)
    is_current = models.BooleanField("当前有效", default=True)
    instruction = models.TextField("交办意见", max_length=2000, blank=True)
    assigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="交办人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    assigned_at = models.DateTimeField("交办时间")
    due_on = models.DateField("办理期限")
    due_rule = models.CharField("期限依据", max_length=20, choices=LimitRule)
    due_amount = models.PositiveSmallIntegerField("期限数值", null=True, blank=True)
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="签收人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    taken_at = models.DateTimeField("签收时间", null=True, blank=True)
    objection = models.TextField("申退理由", max_length=2000, blank=True)
    result_kind = models.CharField("办理结果", max_length=12, choices=ResultKind, blank=True)
    text = models.TextField("办理情况/协办意见", max_length=8000, blank=True)
    finished_at = models.DateTimeField("办结时间", null=True, blank=True)
    document_number = models.CharField("文号", max_length=40, blank=True)
    handler = models.CharField("承办人", max_length=20, blank=True)
    handler_phone = models.CharField("承办人电话", max_length=20, blank=True)

    class Meta:
        verbose_name = "交办"
        verbose_name_plural = "交办"
        ordering = ("suggestion", "round", "-role", "id")
        constraints = (
            models.UniqueConstraint(
                fields=["suggestion"], condition=Q(role="lead", is_current=True), name="one_current_lead"
            ),
            models.UniqueConstraint(
                fields=["suggestion", "department"], condition=Q(is_current=True), name="department_once_per_round"
            ),
        )
        indexes = (models.Index(fields=["department", "is_current", "state"], name="assignment_department"),)

    def __str__(self) -> str:
        return f"{self.department}（{self.get_role_display()}）"


class ExtensionState(models.TextChoices):
    ASKED = "asked", "待批准"
    GRANTED = "granted", "已批准"
    DENIED = "denied", "未批准"


class Extension(models.Model):
    """延期: a row with the old date, the new date and the reason; never an overwritten date alone."""

    assignment = models.ForeignKey(Assignment, verbose_name="交办", on_delete=models.PROTECT, related_name="extensions")
    old_due_on = models.DateField("原期限")
    new_due_on = models.DateField("申请延至")
    reason = models.TextField("理由", max_length=2000)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="申请人", on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField("申请时间")
    state = models.CharField("状态", max_length=8, choices=ExtensionState, default=ExtensionState.ASKED)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="批准人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    decided_at = models.DateTimeField("批准时间", null=True, blank=True)
    decision_note = models.TextField("批准意见", max_length=1000, blank=True)

    class Meta:
        verbose_name = "延期"
        verbose_name_plural = "延期"
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=["assignment"], condition=Q(state="asked"), name="one_open_extension_per_assignment"
            ),
            models.CheckConstraint(condition=Q(new_due_on__gt=models.F("old_due_on")), name="extension_is_later"),
        )

    def __str__(self) -> str:
        return f"{self.old_due_on} → {self.new_due_on}"


class Rating(models.Model):
    """满意度: one per round of reply."""

    suggestion = models.ForeignKey(
        Suggestion, verbose_name="意见建议", on_delete=models.PROTECT, related_name="ratings"
    )
    round = models.PositiveSmallIntegerField("轮次", default=1)
    satisfaction = models.CharField("满意度", max_length=10, choices=Satisfaction)
    replied = models.BooleanField("收到回复", null=True, blank=True)
    understood = models.BooleanField("看得明白", null=True, blank=True)
    solved = models.BooleanField("问题解决", null=True, blank=True)
    in_time = models.BooleanField("办理及时", null=True, blank=True)
    reason = models.TextField("理由", max_length=1000, blank=True)
    rated_at = models.DateTimeField("评价时间")
    called_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="回访人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="电话回访时由工作人员代填；选民本人评价时为空。",
    )

    class Meta:
        verbose_name = "评价"
        verbose_name_plural = "评价"
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=["suggestion", "round"], name="one_rating_per_round"),
            models.CheckConstraint(
                condition=~Q(satisfaction=Satisfaction.NOT) | ~Q(reason=""), name="dissatisfied_has_reason"
            ),
        )

    def __str__(self) -> str:
        return self.get_satisfaction_display()


class Attachment(models.Model):
    suggestion = models.ForeignKey(
        Suggestion, verbose_name="意见建议", on_delete=models.PROTECT, related_name="attachments"
    )
    step = models.CharField("环节", max_length=20)
    file = models.FileField("文件", upload_to="suggestions/%Y/%m/")
    name = models.CharField("文件名", max_length=120)
    size = models.PositiveIntegerField("大小（字节）")
    media_type = models.CharField("类型", max_length=80)
    digest = models.CharField("SHA-256", max_length=64)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="上传人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    uploaded_at = models.DateTimeField("上传时间")

    class Meta:
        verbose_name = "附件"
        verbose_name_plural = "附件"
        ordering = ("id",)

    def __str__(self) -> str:
        return self.name
