"""发送记录: what left the application for the stations one works for, what failed and why, and sending it again."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.requests import SignedInRequest
from liaison.lib.paging import capped_count, paginate
from messaging.models import Channel, OutboxQuerySet, OutboxRow, RowState
from messaging.resending import resend as send_again
from messaging.senders import email, sms

PAGE = 50
STATES: dict[str, tuple[str, tuple[str, ...]]] = {
    "failed": ("发送失败", (RowState.FAILED,)),
    "waiting": ("待发送", (RowState.WAITING, RowState.SENDING)),
    "sent": ("已发送", (RowState.SENT,)),
    "dropped": ("不再需要", (RowState.DROPPED,)),
    "all": ("全部", tuple(RowState.values)),
}
CHANNELS = {channel.value: channel.label for channel in (Channel.WECOM, Channel.SMS, Channel.EMAIL)}


def my_rows(request: SignedInRequest) -> OutboxQuerySet:
    if not request.user.seats.is_station_staff:
        raise PermissionDenied("发送记录由站点工作人员查看。")
    return OutboxRow.objects.visible_to(request.user)


def chosen(values: QueryDict) -> tuple[str, str]:
    """State and channel as asked for; what does not exist is the default."""
    state, channel = values.get("state", ""), values.get("channel", "")
    return state if state in STATES else "failed", channel if channel in CHANNELS else ""


@never_cache
def sent(request: SignedInRequest) -> HttpResponse:
    rows = my_rows(request)
    state, channel = chosen(request.GET)
    shown = rows.filter(state__in=STATES[state][1])
    if channel:
        shown = shown.filter(channel=channel)
    turn = {"after": request.GET.get("after", ""), "before": request.GET.get("before", "")}
    page = paginate(shown, order=["-id"], size=PAGE, **turn)
    settings_state = (("电子邮件", *email.state()), ("短信", *sms.state()))
    context = {
        "page": page,
        "failed_here": sum(row.state == RowState.FAILED for row in page.rows),
        "state": state,
        "channel": channel,
        "states": {name: label for name, (label, _) in STATES.items()},
        "channels": CHANNELS,
        "failed": capped_count(rows.filter(state=RowState.FAILED)),
        "waiting": capped_count(rows.filter(state__in=STATES["waiting"][1])),
        "settings_state": settings_state,
        "ready": 2 + sum(ready for _, ready, _ in settings_state),  # in the application and WeCom need no settings
    }
    return render(request, "messaging/sent.html", context)


@require_POST
def resend(request: SignedInRequest) -> HttpResponse:
    """One row (the button's ``only``), or all failed ones of the page that was shown (``row``)."""
    my_rows(request)
    only = request.POST.get("only")
    asked = [only] if only else request.POST.getlist("row")
    pks = [int(pk) for pk in asked if pk.isdecimal() and len(pk) < 19][:PAGE]
    if count := send_again(pks, by=request.user):
        messages.success(request, f"{count} 条消息已重新排队发送，发送前会再核对一次是否还需要、现在的联系方式。")
    else:
        messages.warning(request, "没有可以重发的消息：只有发送失败的可以重发，可能别人刚刚已经重发。")
    state, channel = chosen(request.POST)
    return redirect(f"{reverse('messaging:sent')}?{urlencode({'state': state, 'channel': channel})}")
