"""What a new quota of constituents means for who has more of them already: told on the page of the rules, a room below."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.db.models import Count

from deputies.models import Constituent, Deputy, Level

if TYPE_CHECKING:
    from stations.models import County

QUOTAS = {Level.COUNTY: "county_contacts", Level.TOWNSHIP: "township_contacts"}


def over(county: County, level: str, quota: int) -> int:
    """How many serving deputies keep contact with more than ``quota``."""
    serving = Deputy.objects.serving().filter(county=county, level=level)
    lists = Constituent.objects.current().filter(deputy__in=serving.order_by().values("pk"))
    return lists.order_by().values("deputy").annotate(number=Count("pk")).filter(number__gt=quota).count()


def after_change(county: County, changed: Mapping[str, tuple[int, int]]) -> list[str]:
    """A sentence per quota that was lowered below what there is. ``changed``: field of the rules → (before, after)."""
    said = []
    for level, name in QUOTAS.items():
        before, quota = changed.get(name, (0, 0))
        if quota < before and (number := over(county, level, quota)):
            said.append(
                f"{number} 名{level.label}的联系群众多于新的名额 {quota} 名：名单和联系记录都保留，不用删减；"
                f"完成情况按每月 {quota} 名计算，多联系的仍计入联系次数。"
            )
    return said
