"""What is decided about a notice: one form a page, or one press."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.requests import SignedInRequest, posted_version
from liaison.lib.masking import marked
from noticeboard import changes, review
from noticeboard.forms import ReleaseForm, SendBackForm, WithdrawForm
from noticeboard.models import Notice
from noticeboard.views.reading import notice_or_404, paper


def _act(
    request: SignedInRequest,
    pk: int,
    action: str,
    make: Callable[..., forms.Form],
    change: Callable[..., Notice],
    said: Callable[[Notice], str],
    **more: Any,
) -> HttpResponse:
    """Fetch scoped (404), check the seat (403), form, change, say what happened. A page that is stale shows the notice as
    it is now, with what was typed."""
    notice = notice_or_404(request, pk)
    review.require(request.user, action, notice)
    shut = review.obstacle(action, notice)
    form: Any = make(request.POST if request.method == "POST" else None)
    version = notice.version
    if request.method == "POST" and not shut:
        if posted_version(request) is None:
            form.add_error(None, changes.STALE)
        elif form.is_valid():
            try:
                done = change(pk, by=request.user, version=posted_version(request), **form.arguments())
            except ValidationError as error:
                form.add_error(None, error)
            else:
                messages.success(request, said(done))
                return redirect("noticeboard:detail", done.pk)
    context = {"notice": notice, "form": form, "shut": shut, "version": version, "label": review.ACTIONS[action][0]}
    return render(request, f"noticeboard/{action}.html", context | more)


def release(request: SignedInRequest, pk: int) -> HttpResponse:
    notice = notice_or_404(request, pk)
    found = review.found_in(notice, review.texts_of_files(notice))

    def make(data: Any) -> ReleaseForm:
        return ReleaseForm(data, notice=notice, found=bool(found))

    def said(done: Notice) -> str:
        if done.state == "scheduled" and done.release_at:
            return f"已审核，将在 {timezone.localtime(done.release_at):%Y-%m-%d %H:%M} 自动发布。"
        return "已发布到公示栏。"

    more = {"found": found, "title": marked(notice.title), "body": marked(notice.body), "rule": review.RULE}
    return _act(request, pk, "release", make, changes.release, said, **more, **paper(notice))


def send_back(request: SignedInRequest, pk: int) -> HttpResponse:
    return _act(request, pk, "send_back", SendBackForm, changes.send_back, lambda done: "已退回为草稿。")


def withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    return _act(request, pk, "withdraw", WithdrawForm, changes.withdraw, lambda done: "已撤下，内容和原因留在记录里。")


def _press(request: SignedInRequest, pk: int, action: str, change: Callable[[], tuple[Notice, str]]) -> HttpResponse:
    review.require(request.user, action, notice_or_404(request, pk))
    try:
        if posted_version(request) is None:
            raise changes.Stale(changes.STALE)
        notice, said = change()
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("noticeboard:detail", pk)
    messages.success(request, said)
    return redirect(
        "noticeboard:edit" if action == "revise" and notice.state == "draft" else "noticeboard:detail", notice.pk
    )


@require_POST
def submit(request: SignedInRequest, pk: int) -> HttpResponse:
    def change() -> tuple[Notice, str]:
        notice = changes.submit(pk, by=request.user, version=posted_version(request))
        return notice, f"已提交审核{review.told(notice)}。"

    return _press(request, pk, "submit", change)


@require_POST
def pin(request: SignedInRequest, pk: int) -> HttpResponse:
    on = request.POST.get("on") == "1"

    def change() -> tuple[Notice, str]:
        notice = changes.pin(pk, by=request.user, on=on, version=posted_version(request))
        return notice, "已置顶。" if on else "已取消置顶。"

    return _press(request, pk, "pin", change)


@require_POST
def revise(request: SignedInRequest, pk: int) -> HttpResponse:
    def change() -> tuple[Notice, str]:
        new = changes.revise(pk, by=request.user, version=posted_version(request))
        return new, "已另起修订稿，原来的公示不变，修订稿审核后代替它。"

    return _press(request, pk, "revise", change)
