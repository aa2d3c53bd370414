"""The tree of stations, the departments that belong to them, and who sits where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from liaison.lib.placenames import place, search_text

if TYPE_CHECKING:
    from accounts.models import User


class County(models.Model):
    code = models.CharField("行政区划代码", max_length=6, unique=True)
    name = models.CharField("名称", max_length=30, unique=True, help_text="如：博爱县。")
    short_name = models.CharField("简称", max_length=10, help_text="如：博爱。")
    prefix = models.CharField("编号字头", max_length=4, unique=True, help_text="意见编号的字头，大写字母，如 BA。")
    city = models.CharField("所属市", max_length=30, blank=True)

    class Meta:
        verbose_name = "县（市、区）"
        verbose_name_plural = "县（市、区）"

    def __str__(self) -> str:
        return self.name

    @property
    def chain(self) -> str:
        return f"county:{self.pk}"


def _days(label: str, default: int, source: str, *, maximum: int = 250) -> models.PositiveSmallIntegerField:
    return models.PositiveSmallIntegerField(
        label, default=default, help_text=source, validators=[MinValueValidator(1), MaxValueValidator(maximum)]
    )


class Rules(models.Model):
    """A county's numbers. ``help_text`` is the source shown beside each."""

    county = models.OneToOneField(County, verbose_name="县", on_delete=models.CASCADE, related_name="rules")
    accept_days = _days("网上留言受理（工作日）", 5, "参照 12345 热线做法：5 个工作日内决定是否受理。")
    triage_days = _days("研判（工作日）", 5, "参照河南省信访规定（2012）：5 日内转送或退回。")
    take_days = _days("承办单位签收或申退（工作日）", 10, "河南省代表建议办理办法（2017）第十四条。")
    redecide_days = _days("申退后重新交办（工作日）", 10, "河南省代表建议办理办法（2017）第十四条。")
    co_handler_months = _days("协办意见送主办（月）", 2, "河南省代表建议办理办法（2017）第十八条。", maximum=12)
    county_months = _days("县级办理（月）", 3, "代表法（2025）第五十一条：三个月内答复。", maximum=12)
    county_max_months = _days(
        "县级办理最长（月）", 6, "河南省代表建议办理办法（2017）第二十条：至迟六个月。", maximum=12
    )
    township_days = _days("乡镇办理（工作日）", 15, "乡镇（街道）事项默认 15 个工作日，各县可调整。")
    township_max_days = _days("乡镇办理最长（工作日）", 30, "延期后合计不超过，默认为办理时限的两倍，各县可调整。")
    hand_over_days = _days("办理结果反馈代表（工作日）", 3, "工作惯例。")
    reply_days = _days("代表回复选民（工作日）", 10, "河南省代表建议办理办法（2017）第二十二条。")
    rate_remind_days = _days("评价提醒（日）", 7, "回复后 7 日未评价提醒一次。")
    archive_days = _days("提醒后归档（日）", 14, "提醒后再过 14 日未评价自动归档。")
    redo_months = _days("重办（月）", 1, "河南省代表建议办理办法（2017）第二十二条：一个月内重新办理。", maximum=12)
    assess_months = _days(
        "再次不满意的评估（月）", 1, "河南省代表建议办理办法（2017）第二十二条：组织有关方面评估。", maximum=12
    )
    follow_up_months = _days("列入计划事项回访（月）", 6, "工作惯例：每 6 个月问一次，直到办成。", maximum=24)
    warn_days = _days("黄色预警提前（工作日）", 5, "到期前 5 个工作日转黄，过期转红；当天到期不算逾期。", maximum=30)
    urge_repeat_days = _days(
        "逾期再催间隔（工作日）", 5, "逾期当天催办；仍未办的每隔 5 个工作日再催并告知上级站。", maximum=60
    )
    county_contacts = _days("县代表联系群众（名）", 5, "博爱县：210 名县代表分别联系本选区 5 名群众。", maximum=50)
    township_contacts = _days("乡镇代表联系群众（名）", 3, "博爱县：乡镇代表联系 3 名群众。", maximum=50)
    whistle_days = _days("吹哨后报到（工作日）", 2, "工作惯例：一般事项 2 个工作日内到场，各县可调整。", maximum=30)
    whistle_hours = _days(
        "突发紧急吹哨后报到（小时）", 2, "工作惯例：突发紧急 2 小时内到场，节假日不顺延，各县可调整。", maximum=72
    )
    whistle_finish_days = _days("吹哨事项办结（工作日）", 10, "工作惯例：报到后 10 个工作日内办结，各县可调整。")
    pass_rate = _days("年终测评达标线（%）", 80, "博爱县：年终测评满意度低于 80% 的，向常委会报告并整改。", maximum=100)
    explain_days = _days("低于达标线的书面说明（工作日）", 10, "博爱县要求承办单位作出书面说明，期限由各县定。")
    rectify_months = _days("低于达标线的整改（月）", 1, "博爱县：限期 1 个月内整改完成。", maximum=12)

    class Meta:
        verbose_name = "办理规则"
        verbose_name_plural = "办理规则"

    def __str__(self) -> str:
        return f"{self.county}办理规则"


class Kind(models.TextChoices):
    HUB = "hub", "县级中心站"
    TOWNSHIP = "township", "乡镇（街道）联络站"
    POINT = "point", "村（社区）联络点"
    STUDIO = "studio", "代表工作室"


# hub ← township ← point; a studio under a hub or a township (mission.md B1)
ALLOWED_PARENTS: dict[str, tuple[str, ...]] = {
    Kind.HUB: (),
    Kind.TOWNSHIP: (Kind.HUB,),
    Kind.POINT: (Kind.TOWNSHIP,),
    Kind.STUDIO: (Kind.HUB, Kind.TOWNSHIP),
}
PATH_STEP = 6  # digits per level of Station.path; the path of a child starts with its parent's


class StationQuerySet(models.QuerySet["Station"]):
    def within(self, *tops: Station) -> StationQuerySet:
        """The stations of the subtrees below ``tops``, these included. A range, because prefix LIKE scans on SQLite."""
        matches = Q(pk__in=[])
        for top in tops:
            matches |= Q(path__gte=top.path, path__lt=top.path_end)
        return self.filter(matches)

    def visible_to(self, user: User) -> StationQuerySet:
        """Every station of the counties a person has a seat in: the tree is public, its editing is not."""
        return self.filter(county__in=user.seats.county_ids)


class Station(models.Model):
    county = models.ForeignKey(County, verbose_name="县", on_delete=models.PROTECT, related_name="stations")
    kind = models.CharField("类别", max_length=10, choices=Kind)
    name = models.CharField("名称", max_length=60)
    parent = models.ForeignKey(
        "self", verbose_name="上级站", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    parent_kind = models.CharField(max_length=10, blank=True, editable=False)
    path = models.CharField(max_length=40, unique=True, editable=False)
    code = models.CharField("区划代码", max_length=12, blank=True)
    trade = models.CharField("行业", max_length=20, blank=True, help_text="代表工作室填写，如：教育。")
    address = models.CharField("地址", max_length=120, blank=True)
    phone = models.CharField("电话", max_length=20, blank=True)
    opening_hours = models.CharField("开放时间", max_length=60, blank=True)
    head = models.CharField("站长", max_length=20, blank=True)
    head_phone = models.CharField("站长电话", max_length=20, blank=True)
    contact = models.CharField("联络员", max_length=20, blank=True)
    contact_phone = models.CharField("联络员电话", max_length=20, blank=True)
    is_active = models.BooleanField("启用", default=True)
    # What the public finds the station by (liaison/lib/placenames.py); kept by save().
    search = models.TextField(editable=False, default="")

    objects = StationQuerySet.as_manager()

    class Meta:
        verbose_name = "站点"
        verbose_name_plural = "站点"
        ordering = ("path",)
        constraints = (
            models.UniqueConstraint(fields=["county"], condition=Q(kind=Kind.HUB), name="one_hub_per_county"),
            models.UniqueConstraint(fields=["parent", "name"], name="station_name_once_per_parent"),
            # parent_kind is kept by save(); with it the database itself refuses a wrong tree.
            models.CheckConstraint(
                condition=Q(kind=Kind.HUB, parent__isnull=True, parent_kind="")
                | Q(kind=Kind.TOWNSHIP, parent__isnull=False, parent_kind=Kind.HUB)
                | Q(kind=Kind.POINT, parent__isnull=False, parent_kind=Kind.TOWNSHIP)
                | Q(kind=Kind.STUDIO, parent__isnull=False, parent_kind__in=[Kind.HUB, Kind.TOWNSHIP]),
                name="station_allowed_parent",
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")), name="station_not_own_parent"
            ),
        )

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        parent = self.parent
        allowed = ALLOWED_PARENTS.get(self.kind, ())
        if not allowed and parent is not None:
            raise ValidationError({"parent": "县级中心站没有上级站。"})
        if allowed and (parent is None or parent.kind not in allowed):
            names = "或".join(Kind(kind).label for kind in allowed)
            raise ValidationError({"parent": f"{Kind(self.kind).label}的上级只能是{names}。"})
        if parent is not None and parent.county_id != self.county_id:
            raise ValidationError({"parent": "上级站必须在同一个县。"})
        if self.pk:
            stored = Station.objects.get(pk=self.pk)
            if stored.kind != self.kind:
                raise ValidationError({"kind": "站点类别建立后不能改。"})
            if stored.parent_id != self.parent_id and stored.children.exists():
                raise ValidationError({"parent": "下面还有站点，不能改上级站。"})

    def derive(self) -> None:
        """Set what follows from other fields, but for the path, which needs the key; whoever writes in bulk calls it."""
        self.parent_kind = self.parent.kind if self.parent else ""
        self.search = search_text(self.name, self.address, self.trade)

    def own_path(self) -> str:
        return (self.parent.path if self.parent else "") + f"{self.pk:0{PATH_STEP}d}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.clean()
        self.derive()
        fields = kwargs.get("update_fields")
        if fields is not None:
            kwargs["update_fields"] = {*fields, "parent_kind", "path", "search"}
        if self.pk is None:
            self.path = f"new-{id(self)}"
            super().save(*args, **kwargs)
            kwargs = {key: value for key, value in kwargs.items() if key == "using"} | {"update_fields": ["path"]}
            args = ()
        self.path = self.own_path()
        super().save(*args, **kwargs)

    @property
    def place(self) -> str:
        """许良村 of 许良村人大代表联络点: how people call where it is."""
        return place(self.name)

    @property
    def path_end(self) -> str:
        """The first text that sorts behind the paths of the subtree: ':' comes right after '9'."""
        return self.path + ":"

    @property
    def is_hub(self) -> bool:
        return self.kind == Kind.HUB

    def covers(self, other: Station) -> bool:
        """Whether ``other`` is this station or lies below it."""
        return other.path.startswith(self.path)


class Department(models.Model):
    """承办单位: belongs to a hub (county department) or a township station (township department)."""

    station = models.ForeignKey(Station, verbose_name="所属站", on_delete=models.PROTECT, related_name="departments")
    name = models.CharField("名称", max_length=60)
    head = models.CharField("负责人", max_length=20, blank=True)
    contact = models.CharField("联系人", max_length=20, blank=True)
    phone = models.CharField("电话", max_length=20, blank=True)
    fields = models.CharField("主管领域", max_length=120, blank=True, help_text="领域代码，逗号分隔；研判时优先推荐。")
    is_active = models.BooleanField("启用", default=True)
    # What it had in hand went over to this one (``stations/merging.py``); what is past stays with it.
    merged_into = models.ForeignKey(
        "self",
        verbose_name="并入",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="merged",
        editable=False,
    )

    class Meta:
        verbose_name = "承办单位"
        verbose_name_plural = "承办单位"
        ordering = ("station__path", "name")
        constraints = (
            models.UniqueConstraint(fields=["station", "name"], name="department_name_once_per_station"),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | Q(is_active=False) & ~Q(merged_into=F("id")),
                name="merged_department_is_closed",
            ),
        )

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.station_id and self.station.kind not in (Kind.HUB, Kind.TOWNSHIP):
            raise ValidationError({"station": "承办单位只能属于县级中心站或乡镇（街道）联络站。"})

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.clean()
        super().save(*args, **kwargs)


class StationStaff(models.Model):
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="用户", on_delete=models.CASCADE, related_name="station_seats"
    )
    station = models.ForeignKey(Station, verbose_name="站点", on_delete=models.PROTECT, related_name="staff")

    class Meta:
        verbose_name = "站点工作人员"
        verbose_name_plural = "站点工作人员"
        constraints = (models.UniqueConstraint(fields=["user", "station"], name="station_seat_once"),)

    def __str__(self) -> str:
        return f"{self.station}：{self.user}"


class DepartmentStaff(models.Model):
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="用户", on_delete=models.CASCADE, related_name="department_seats"
    )
    department = models.ForeignKey(Department, verbose_name="承办单位", on_delete=models.PROTECT, related_name="staff")

    class Meta:
        verbose_name = "承办单位工作人员"
        verbose_name_plural = "承办单位工作人员"
        constraints = (models.UniqueConstraint(fields=["user", "department"], name="department_seat_once"),)

    def __str__(self) -> str:
        return f"{self.department}：{self.user}"


class OfficerKind(models.TextChoices):
    JUDGE = "judge", "法官"
    PROSECUTOR = "prosecutor", "检察官"
    POLICE = "police", "警官"
    LAWYER = "lawyer", "律师"
    MEDIATOR = "mediator", "人民调解员"


class ResidentOfficer(models.Model):
    """驻站“三官一员”. A log-in is optional."""

    station = models.ForeignKey(Station, verbose_name="站点", on_delete=models.PROTECT, related_name="officers")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="登录账号",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="officer_seats",
    )
    name = models.CharField("姓名", max_length=20)
    kind = models.CharField("类别", max_length=12, choices=OfficerKind)
    employer = models.CharField("单位", max_length=60, blank=True)
    phone = models.CharField("电话", max_length=20, blank=True)
    is_active = models.BooleanField("在岗", default=True)

    class Meta:
        verbose_name = "驻站人员"
        verbose_name_plural = "驻站人员"
        ordering = ("station__path", "kind", "name")
        constraints = (models.UniqueConstraint(fields=["station", "kind", "name"], name="officer_once_per_station"),)

    def __str__(self) -> str:
        return f"{self.name}（{self.get_kind_display()}）"
