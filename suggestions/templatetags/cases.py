"""Chips and words about a case, the same on every page: ``{% load cases %}``."""

from __future__ import annotations

from django import template
from django.template.defaultfilters import linebreaksbr
from django.utils.html import format_html
from django.utils.safestring import SafeString

from liaison.lib.masking import mask_address
from suggestions.choices import State
from suggestions.models import Suggestion
from suggestions.standing import TONES, waiting_for
from suggestions.transitions import ACTION_LABELS

register = template.Library()


@register.simple_tag
def case_state(case: Suggestion) -> SafeString:
    """The state as a chip: ``{% case_state case %}``."""
    tone = TONES.get(State(case.state), "end")
    return format_html('<span class="status status-{}">{}</span>', tone, case.get_state_display())


register.filter("waiting_for", waiting_for)


@register.filter
def prose(text: str) -> SafeString:
    """What people typed, with its line ends."""
    return linebreaksbr(text, autoescape=True)


@register.filter
def action_label(action: str) -> str:
    return ACTION_LABELS.get(action, action)


register.filter("masked_address", mask_address)


@register.filter
def weekday_name(number: str) -> str:
    """For ``{{ day|date:"w"|weekday_name }}``: 日 is 0."""
    return "日一二三四五六"[int(number)]
