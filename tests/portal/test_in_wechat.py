"""The public pages inside WeChat: an old Chromium without new windows and downloads. Scripts parse there, cookies hold."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from playwright.sync_api import Page, expect

from portal import forms
from suggestions.models import Suggestion
from tests import factories

BASE: Path = settings.BASE_DIR
WECHAT = (
    "Mozilla/5.0 (Linux; Android 10; M2006C3LC) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/86.0.4240.99 "
    "XWEB/4317 MMWEBSDK/20220903 Mobile Safari/537.36 MicroMessenger/8.0.28.2240 WeChat/arm64 Language/zh_CN"
)
# Syntax and functions that Chromium 70 does not know: one of them, and the whole script is dead.
TOO_NEW = re.compile(r"\w\?\.\w|\?\?|&&=|\|\|=|\.replaceAll\(|\.at\(|structuredClone|\.flatMap\(|Object\.fromEntries")
SHARED = ("public.html", "document.html", "partials/dialogs.html", "partials/messages.html")


def public_templates() -> list[Path]:
    folder = BASE / "templates"
    return [*sorted((folder / "portal").glob("*.html")), *(folder / name for name in SHARED)]


def test_scripts_of_public_pages_are_read_by_an_old_browser() -> None:
    names = {name for page in public_templates() for name in re.findall(r"static '(js/[\w.]+)'", page.read_text())}
    assert "js/liaison.js" in names
    found = {name: TOO_NEW.findall((BASE / "static" / name).read_text()) for name in sorted(names)}
    assert found == {name: [] for name in found}


def test_public_pages_open_no_windows_and_offer_no_downloads() -> None:
    for page in public_templates():
        if page.name == "wechat_account.html":
            continue
        assert not re.search(r"window\.open|target=\"_blank\"|\sdownload[\s>=\"]", page.read_text()), page.name


@pytest.fixture
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    phone = {"width": 360, "height": 640}
    return {**browser_context_args, "user_agent": WECHAT, "viewport": phone, "is_mobile": True, "has_touch": True}


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@pytest.mark.django_db(transaction=True)
def test_leaving_a_message_and_following_it_works_inside_wechat(
    page: Page, live_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.clear()
    monkeypatch.setattr(forms, "LEAST_TIME", timedelta(0))  # a browser under test types faster than anybody can
    people = factories.cast()
    page.goto(f"{live_server.url}/s/{people.town.pk}/message/")
    page.get_by_label("一句话说明是什么事").fill("村口路灯坏了半个月")
    page.get_by_label("详细情况").fill("晚上孩子放学看不清路，请修一修。")
    assert fits(page)
    page.get_by_role("button", name="继续").click()
    expect(page.get_by_role("heading", name="怎么联系您")).to_be_visible()
    page.get_by_label("不公开").check()
    assert fits(page)
    page.get_by_role("button", name="继续").click()
    expect(page.get_by_role("heading", name="核对一遍")).to_be_visible()
    assert fits(page)
    page.get_by_role("button", name="提交留言").click()
    expect(page.get_by_role("heading", name="留言已收到")).to_be_visible()
    case = Suggestion.objects.get()
    assert fits(page)
    # The session's cookie is there on the next page, and after a look at another one.
    page.goto(f"{live_server.url}/")
    page.goto(f"{live_server.url}/query/case/")
    expect(page.get_by_text("联络站正在决定是否受理")).to_be_visible()
    page.get_by_text("撤回这件意见").click()
    page.get_by_label("已经解决了").check()
    assert fits(page)
    page.get_by_role("button", name="确定撤回").click()
    expect(page.get_by_text("已撤回。")).to_be_visible()
    case.refresh_from_db()
    assert case.state == "withdrawn"
