"""Chips and words about a case, the same on every page: ``{% load cases %}``."""

from __future__ import annotations

import datetime as dt

from django import template
from django.template.defaultfilters import linebreaksbr
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from liaison.lib.masking import mask_address
from liaison.templatetags.liaison import due
from suggestions.choices import State
from suggestions.faces import limit_words
from suggestions.models import Suggestion
from suggestions.standing import TONES, waiting_for
from suggestions.transitions import ACTION_LABELS
from workdays.calendar import Calendar

register = template.Library()


@register.simple_tag
def case_state(case: Suggestion) -> SafeString:
    """The state as a chip: ``{% case_state case %}``."""
    tone = TONES.get(State(case.state), "end")
    return format_html('<span class="status status-{}">{}</span>', tone, case.get_state_display())


@register.simple_tag
def case_due(case: Suggestion, warn_from: dt.date | None = None) -> SafeString | str:
    """The limit as a chip, in the words of the lists: ``{% case_due case warn_from=warn_from %}``."""
    if case.due_on is None:
        return due(None)
    today = timezone.localdate()
    return due(case.due_on, today, warn_from, words=limit_words(case.due_on, today, Calendar.current()))


register.filter("waiting_for", waiting_for)


@register.filter
def prose(text: str) -> SafeString:
    """What people typed, with its line ends."""
    return linebreaksbr(text, autoescape=True)


@register.filter
def flows(text: str | None) -> str:
    """How a row of a paper form that holds ``text`` meets the end of a page: long ones go on overleaf, short ones stay whole."""
    return "flows" if len(text or "") + 30 * (text or "").count("\n") > 300 else "stays"


@register.filter
def action_label(action: str) -> str:
    return ACTION_LABELS.get(action, action)


register.filter("masked_address", mask_address)


@register.filter
def weekday_name(number: str) -> str:
    """For ``{{ day|date:"w"|weekday_name }}``: 日 is 0."""
    return "日一二三四五六"[int(number)]
