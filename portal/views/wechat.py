"""The official account's callback, and the county office's page for its settings."""

from __future__ import annotations

import logging
import time
from urllib.parse import urljoin

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.requests import SignedInRequest
from portal.forms_wechat import WechatAccountForm
from portal.models import Mode, WechatAccount
from portal.wechat import crypto, envelope
from portal.wechat.accounts import save_account
from portal.wechat.crypto import BadMessage
from portal.wechat.receiving import receive
from stations.models import County

logger = logging.getLogger("liaison.wechat")

WINDOW = 300  # seconds that a request may be old, or our clock behind
SUCCESS = "success"  # the platform's word for "nothing to say"


@login_not_required
@csrf_exempt  # signed by the platform, and without any cookie
@never_cache
@require_http_methods(["GET", "POST"])
def wechat_callback(request: HttpRequest, pk: int) -> HttpResponse:
    """What the platform calls; ``pk`` is the county's. GET proves that the address is ours, POST brings a message."""
    accounts = WechatAccount.objects.filter(is_active=True).select_related("county")
    account = get_object_or_404(accounts, county=pk)
    if not _is_fresh(request):
        return _plain("expired", 403)
    return _echo(request, account) if request.method == "GET" else _message(request, account)


def _echo(request: HttpRequest, account: WechatAccount) -> HttpResponse:
    if not crypto.is_signed(_query(request, "signature"), account.token, *_stamp(request)):
        return _plain("wrong signature", 403)
    WechatAccount.objects.filter(pk=account.pk).update(verified_at=timezone.now())
    return _plain(_query(request, "echostr"))


def _message(request: HttpRequest, account: WechatAccount) -> HttpResponse:
    if int(request.META.get("CONTENT_LENGTH") or 0) > envelope.MOST_BYTES:
        return _plain("too long", 413)
    sealed = account.mode != Mode.PLAIN or _query(request, "encrypt_type") == "aes"
    try:
        fields = envelope.fields_of(request.body) if sealed else {}
        # Of an encrypted message the ciphertext is signed too; the plain signature says nothing about the body.
        signed = (*_stamp(request), fields.get("Encrypt", "")) if sealed else _stamp(request)
        given = _query(request, "msg_signature" if sealed else "signature")
        if not crypto.is_signed(given, account.token, *signed):
            return _plain("wrong signature", 403)
        key = crypto.key_of(account.aes_key) if sealed else b""
        body = crypto.decrypt(fields.get("Encrypt", ""), key=key, app_id=account.app_id) if sealed else request.body
        message = envelope.incoming(envelope.fields_of(body))
    except BadMessage as error:
        logger.warning("official account of county %s: %s", account.county_id, error)
        return _plain("bad message", 400)
    answer = receive(account, message)
    if not answer:
        return _plain(SUCCESS)
    xml = envelope.reply(message, answer)
    if sealed:
        nonce = _query(request, "nonce")
        xml = envelope.sealed(xml, token=account.token, key=key, app_id=account.app_id, nonce=nonce)
    return HttpResponse(xml, content_type="application/xml; charset=utf-8")


def _query(request: HttpRequest, name: str) -> str:
    return request.GET.get(name, "")[:200]


def _stamp(request: HttpRequest) -> tuple[str, str]:
    return _query(request, "timestamp"), _query(request, "nonce")


def _is_fresh(request: HttpRequest) -> bool:
    stamp = _query(request, "timestamp")
    return stamp.isascii() and stamp.isdigit() and len(stamp) < 12 and abs(time.time() - int(stamp)) <= WINDOW


def _plain(text: str, status: int = 200) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")


def wechat_account(request: SignedInRequest) -> HttpResponse:
    """The county office enters what the platform shows; secrets go in and are not shown again."""
    county = _county_or_403(request)
    account = WechatAccount.objects.filter(county=county).first() or WechatAccount(county=county)
    verified_at = account.verified_at
    form = WechatAccountForm(request.POST or None, instance=account)
    if request.method == "POST" and form.is_valid():
        save_account(form.instance, actor=request.user, changed=form.really_changed)
        messages.success(request, "已保存。")
        return redirect(f"{reverse('portal:wechat_account')}?county={county.pk}")
    context = {
        "form": form,
        "county": county,
        "connected": account.pk is not None,
        "verified_at": verified_at,
        "callback": urljoin(settings.SITE_URL, reverse("portal:wechat_callback", args=[county.pk])),
        "reachable": settings.SITE_URL.startswith("https://"),
    }
    return render(request, "portal/wechat_account.html", context)


def _county_or_403(request: SignedInRequest) -> County:
    own = sorted(request.user.seats.office_county_ids)
    if not own:
        raise PermissionDenied("公众号由县人大代表工委（县级中心站）设置。")
    wanted = request.GET.get("county", "")
    if wanted.isdecimal() and int(wanted) not in own:
        raise PermissionDenied("公众号由县人大代表工委（县级中心站）设置。")
    return County.objects.get(pk=int(wanted) if wanted.isdecimal() else own[0])
