"""Deputies, their terms and constituencies, and the one station each is grouped into."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from liaison.lib.pinyin import initials, sort_key
from stations.models import County, Station

if TYPE_CHECKING:
    from accounts.models import User


class Level(models.TextChoices):
    PROVINCE = "province", "省代表"
    CITY = "city", "市代表"
    COUNTY = "county", "县代表"
    TOWNSHIP = "township", "乡镇代表"


class Status(models.TextChoices):
    """代表法 art 61–62: a deputy's duties can be suspended, a deputy's status can end."""

    SERVING = "serving", "在任"
    SUSPENDED = "suspended", "暂停执行职务"
    ENDED = "ended", "资格终止"


class Trade(models.TextChoices):
    EDUCATION = "education", "教育"
    HEALTH = "health", "医疗卫生"
    ENTERPRISE = "enterprise", "企业"
    AGRICULTURE = "agriculture", "农业"
    CADRE = "cadre", "村（社区）干部"
    OFFICE = "office", "机关事业单位"
    LAW = "law", "政法"
    CULTURE = "culture", "文化体育"
    OTHER = "other", "其他"


class Term(models.Model):
    county = models.ForeignKey(County, verbose_name="县", on_delete=models.PROTECT, related_name="terms")
    level = models.CharField("层级", max_length=10, choices=Level)
    name = models.CharField("届次", max_length=30, help_text="如：第十六届。")
    starts_on = models.DateField("开始日期")
    ends_on = models.DateField("结束日期", null=True, blank=True)

    class Meta:
        verbose_name = "届次"
        verbose_name_plural = "届次"
        ordering = ("county", "level", "-starts_on")
        constraints = (
            models.UniqueConstraint(fields=["county", "level", "name"], name="term_once"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=models.F("starts_on")), name="term_ends_after_start"
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_level_display()[:-2]}{self.name}"


class Constituency(models.Model):
    county = models.ForeignKey(County, verbose_name="县", on_delete=models.PROTECT, related_name="constituencies")
    station = models.ForeignKey(
        Station,
        verbose_name="所在站点",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="constituencies",
        help_text="选区所在的乡镇（街道）联络站。",
    )
    level = models.CharField("层级", max_length=10, choices=Level)
    name = models.CharField("选区", max_length=60)

    class Meta:
        verbose_name = "选区"
        verbose_name_plural = "选区"
        ordering = ("county", "level", "name")
        constraints = (models.UniqueConstraint(fields=["county", "level", "name"], name="constituency_once"),)

    def __str__(self) -> str:
        return self.name


def photo_version(name: str) -> str:
    """Of the photo that is stored under ``name``; empty where there is none."""
    return name.rpartition("/")[2][:8]


class DeputyQuerySet(models.QuerySet["Deputy"]):
    def serving(self) -> DeputyQuerySet:
        return self.filter(status=Status.SERVING)

    def public(self) -> DeputyQuerySet:
        """Whom voters find: those who serve and are grouped into an open station."""
        return self.serving().filter(home_station__is_active=True)

    def visible_to(self, user: User) -> DeputyQuerySet:
        """Deputies of the subtrees one is staff of; for every other seat, the deputies of one's county, whose names
        and stations are public anyway (what else is shown: deputies/access.py)."""
        seats = user.seats
        ungrouped = Q(home_station__isnull=True, county_id__in=seats.office_county_ids)
        elsewhere = {station.county_id for station in seats.officer_of} | {
            department.station.county_id for department in seats.departments
        }
        elsewhere |= {deputy.county_id for deputy in seats.deputies}
        own_township = Q(pk__in=[])
        for office in seats.offices:
            own_township |= Q(
                home_station__isnull=True,
                constituency__station__path__gte=office.path,
                constituency__station__path__lt=office.path + ":",
            )
        return self.filter(seats.subtree("home_station__") | ungrouped | own_township | Q(county_id__in=elsewhere))


class Deputy(models.Model):
    county = models.ForeignKey(County, verbose_name="县", on_delete=models.PROTECT, related_name="deputies")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="登录账号",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="deputies",
    )
    name = models.CharField("姓名", max_length=20)
    pinyin = models.CharField(max_length=80, editable=False)
    initials = models.CharField(max_length=20, editable=False)
    gender = models.CharField("性别", max_length=1, choices=[("男", "男"), ("女", "女")], blank=True)
    ethnicity = models.CharField("民族", max_length=12, default="汉族", blank=True)
    born_in = models.CharField("出生年月", max_length=7, blank=True, help_text="如：1968-05。")
    party = models.CharField("党派", max_length=20, blank=True)
    education = models.CharField("学历", max_length=20, blank=True)
    post = models.CharField("单位及职务", max_length=80, blank=True)
    level = models.CharField("层级", max_length=10, choices=Level)
    term = models.ForeignKey(
        Term, verbose_name="届次", null=True, blank=True, on_delete=models.PROTECT, related_name="deputies"
    )
    constituency = models.ForeignKey(
        Constituency, verbose_name="选区", null=True, blank=True, on_delete=models.PROTECT, related_name="deputies"
    )
    photo = models.FileField("照片", upload_to="deputies/", blank=True, help_text="公示用，证件照。")
    certificate = models.CharField("代表证号", max_length=30, blank=True)
    phone = models.CharField("电话", max_length=20, blank=True)
    # One column, so that a deputy cannot have two; empty until somebody groups the deputy (completeness page).
    home_station = models.ForeignKey(
        Station, verbose_name="联络站", null=True, blank=True, on_delete=models.PROTECT, related_name="deputies"
    )
    group = models.CharField("小组", max_length=30, blank=True)
    trade = models.CharField("行业", max_length=12, choices=Trade, blank=True)
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.SERVING)
    status_note = models.CharField("状态说明", max_length=120, blank=True)

    objects = DeputyQuerySet.as_manager()

    class Meta:
        verbose_name = "代表"
        verbose_name_plural = "代表"
        ordering = ("pinyin", "id")
        indexes = (models.Index(fields=["county", "pinyin", "id"], name="deputy_pinyin"),)
        constraints = (
            models.UniqueConstraint(
                fields=["county", "level", "certificate"], condition=~Q(certificate=""), name="deputy_certificate_once"
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def is_public(self) -> bool:
        """As ``DeputyQuerySet.public`` has it: there is a page that voters find."""
        return self.status == Status.SERVING and self.home_station is not None and self.home_station.is_active

    @property
    def photo_version(self) -> str:
        """Part of the photo's address, so that a new photo shows at once although browsers keep the old one."""
        return photo_version(self.photo.name or "")

    def clean(self) -> None:
        for name in ("home_station", "term", "constituency"):
            related = getattr(self, name)
            if related is not None and related.county_id != self.county_id:
                raise ValidationError({name: "必须属于同一个县。"})
        if self.term is not None and self.term.level != self.level:
            raise ValidationError({"term": "届次的层级与代表的层级不一致。"})

    def derive(self) -> None:
        """Set what follows from the name; whoever writes in bulk calls it."""
        self.pinyin, self.initials = sort_key(self.name), initials(self.name)[:20]

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.clean()
        self.derive()
        fields = kwargs.get("update_fields")
        if fields is not None and "name" in fields:
            kwargs["update_fields"] = {*fields, "pinyin", "initials"}
        super().save(*args, **kwargs)
