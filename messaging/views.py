"""The bell: messages inside the application, each read by its own person only."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.requests import SignedInRequest
from liaison.lib.paging import paginate
from messaging.models import Channel, OutboxRow

MOST = 99  # the bell says 99+ beyond it


def mine(request: SignedInRequest) -> QuerySet[OutboxRow]:
    return OutboxRow.objects.filter(person=request.user, channel=Channel.IN_APP)


def unread_count(request: SignedInRequest) -> str:
    count = mine(request).filter(read_at__isnull=True).order_by()[: MOST + 1].count()
    return f"{MOST}+" if count > MOST else str(count or "")


def inbox(request: SignedInRequest) -> HttpResponse:
    rows = mine(request)
    only_unread = request.GET.get("show") == "unread"
    if only_unread:
        rows = rows.filter(read_at__isnull=True)
    page = paginate(
        rows, order=["-id"], after=request.GET.get("after", ""), before=request.GET.get("before", ""), size=30
    )
    context = {"page": page, "only_unread": only_unread, "unread": unread_count(request)}
    return render(request, "messaging/inbox.html", context)


@require_GET
@never_cache
def unread(request: SignedInRequest) -> HttpResponse:
    """The number on the bell; empty when there is nothing new."""
    return HttpResponse(unread_count(request), content_type="text/plain; charset=utf-8")


def open_message(request: SignedInRequest, pk: int) -> HttpResponse:
    """Marks the message read and goes where it points."""
    row = get_object_or_404(mine(request), pk=pk)
    OutboxRow.objects.filter(pk=row.pk, read_at__isnull=True).update(read_at=timezone.now())
    return redirect(row.link or "messaging:inbox")


@require_POST
def read_all(request: SignedInRequest) -> HttpResponse:
    count = mine(request).filter(read_at__isnull=True).update(read_at=timezone.now())
    messages.success(request, f"{count} 条消息已标为已读。")
    return redirect("messaging:inbox")
