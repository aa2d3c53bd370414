"""States of consultations and promises as chips, what comes next in words, the public chain: ``{% load consultations %}``."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from consultations.models import Consultation, Promise, PromiseState, State, Step, StepRelease
from consultations.waiting import TONES
from noticeboard.models import Notice

register = template.Library()

PROMISE_TONES = {PromiseState.OPEN: "run", PromiseState.KEPT: "done", PromiseState.BROKEN: "bad"}


@register.simple_tag
def talk_state(one: Consultation) -> SafeString:
    return format_html('<span class="status status-{}">{}</span>', TONES[State(one.state)], one.get_state_display())


@register.simple_tag
def promise_state(promise: Promise) -> SafeString:
    if promise.is_overdue:
        return format_html('<span class="status status-bad">{}</span>', "超期未兑现")
    tone = PROMISE_TONES[PromiseState(promise.state)]
    return format_html('<span class="status status-{}">{}</span>', tone, promise.get_state_display())


@register.simple_tag
def talk_next(one: Consultation) -> str:
    """What is to be done now."""
    match one.state:
        case State.PREPARING if one.told_at is None:
            return "还没有通知各方"
        case State.PREPARING if one.to_tell:
            return "安排有变动，还没有再次通知各方"
        case State.PREPARING:
            return f"已通知各方，{one.date:%-m月%-d日}协商"
        case State.UNDERWAY:
            return "各方签到、协商，然后登记纪要和结果"
        case State.FOLLOWING:
            return "登记承诺事项，按期兑现"
        case State.FINISHED:
            return f"{one.finished_on:%Y年%-m月%-d日}办结"
        case _:
            return ""


@register.simple_tag
def public_chain(notice: Notice) -> list[dict[str, Any]]:
    """Of a notice about one step all three, for the public: ``notice`` is there where that step is on the board."""
    step = StepRelease.objects.filter(notice=notice.pk).first()
    if step is None:
        return []
    steps = StepRelease.objects.filter(consultation=step.consultation_id)
    on_board = Notice.objects.public().filter(consultation_step__in=steps).select_related("consultation_step")
    found = {one.consultation_step.step: one for one in on_board}
    return [{"label": one.label, "notice": found.get(one), "is_this": one == step.step} for one in Step]


@register.filter
def percent(rate: float | None) -> str:
    return "—" if rate is None else f"{rate:.0%}"
