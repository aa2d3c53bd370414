"""Template tags and filters used on every page (a builtin: no ``load`` needed)."""

from datetime import date, datetime, timedelta
from typing import Any

from django import template
from django.template import Context
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from liaison import navigation
from liaison.lib import icons, masking, quick_fields, remembered

register = template.Library()

WARN_WORKDAYS = 5


@register.simple_tag(takes_context=True)
def icon(context: Context, name: str) -> SafeString:
    """A Bootstrap icon that screen readers skip: ``{% icon "bell" %}``. Of the icon font, or written into the page."""
    if context.get("inline_icons"):
        svg = '<svg class="bi" viewBox="0 0 16 16" fill="currentColor" aria-hidden="true">{}</svg>'
        return format_html(svg, mark_safe(icons.drawing(name)))
    return format_html('<i class="bi bi-{}" aria-hidden="true"></i>', name)


@register.simple_tag(takes_context=True)
def inline_icons(context: Context) -> str:
    """From here on the page's icons need no font."""
    context["inline_icons"] = True
    return ""


@register.simple_tag(takes_context=True)
def nav_groups(context: Context) -> list[tuple[str, list[navigation.Link]]]:
    request = context.get("request")
    if request is None or not request.user.is_authenticated:
        return []
    return navigation.navigation(request)


def as_date(value: date | datetime) -> date:
    if isinstance(value, datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return value


def weekdays_after(day: date, n: int) -> date:
    while n:
        day += timedelta(days=1)
        n -= day.weekday() < 5
    return day


def due_colour(limit: date, today: date, warn_from: date | None = None) -> str:
    """red after the limit, yellow up to ``warn_from``, else green. Due today is yellow: it is not overdue.

    ``warn_from`` is the last due date that is yellow today (suggestions.limits.warning_date); without it, five
    weekdays ahead, which knows no holidays.
    """
    if today > limit:
        return "red"
    return "yellow" if limit <= (warn_from or weekdays_after(today, WARN_WORKDAYS)) else "green"


def due_words(limit: date, today: date) -> str:
    days = (limit - today).days
    if days < 0:
        return f"逾期 {-days} 天"
    if days == 0:
        return "今天到期"
    if days == 1:
        return "明天到期"
    return f"还有 {days} 天"


DUE_ICONS = {"red": "exclamation-octagon-fill", "yellow": "clock-fill", "green": "check-circle"}


@register.simple_tag
def due(
    limit: date | datetime | None,
    today: date | None = None,
    warn_from: date | None = None,
    show_date: bool = True,
    words: str = "",
) -> SafeString | str:
    """A limit with colour, icon and words: ``{% due case.due_on today=today warn_from=warn_from %}``.

    Days are calendar days unless ``words`` says otherwise. ``show_date=False`` leaves the date to the hover text, for narrow lists.
    """
    if not limit:
        return format_html('<span class="due-none">{}</span>', "无时限")
    limit = as_date(limit)
    today = as_date(today) if today else timezone.localdate()
    colour = due_colour(limit, today, warn_from)
    day = f"{limit.month}月{limit.day}日" if limit.year == today.year else f"{limit.year}年{limit.month}月{limit.day}日"
    return format_html(
        '<span class="due-wrap"><span class="due due-{}" title="时限 {}">'
        '<i class="bi bi-{}" aria-hidden="true"></i>{}</span>{}</span>',
        colour,
        limit.isoformat(),
        DUE_ICONS[colour],
        words or due_words(limit, today),
        format_html('<time class="due-date" datetime="{}">{}</time>', limit.isoformat(), day) if show_date else "",
    )


register.tag("url", remembered.url)
for words in (remembered.date, remembered.time):
    register.filter(words, expects_localtime=True, is_safe=False)
for quick in (quick_fields.quick_form, quick_fields.quick_field, quick_fields.boxes):
    register.filter(quick)


@register.filter
def get(mapping: Any, key: Any) -> Any:
    """``{{ counts|get:station.pk }}``: a dictionary read with a variable key; missing is an empty string."""
    return mapping.get(key, "") if mapping else ""


@register.filter
def mask_phone(phone: str | None) -> str:
    return masking.mask_phone(phone) if phone else ""


@register.filter
def mask_name(name: str | None) -> str:
    return masking.mask_name(name) if name else ""
