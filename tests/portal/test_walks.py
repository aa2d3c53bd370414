"""Leaving a message and following it in a real browser: without JavaScript, and without a mouse."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from playwright.sync_api import BrowserContext, Page, expect

from portal import forms
from portal.captcha import NUMERALS
from suggestions import workflow
from suggestions.models import Rating, Suggestion
from tests import factories
from tests.portal.test_leave_message import picture

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A browser under test types faster than anybody can."""
    cache.clear()
    monkeypatch.setattr(forms, "LEAST_TIME", timedelta(0))


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "路灯.jpg"
    path.write_bytes(picture().read())
    return path


@pytest.fixture
def plain(browser: Any, browser_context_args: dict[str, Any]) -> Iterator[Page]:
    """A browser with JavaScript switched off."""
    context: BrowserContext = browser.new_context(**browser_context_args, java_script_enabled=False)
    yield context.new_page()
    context.close()


def answer_to(question: str) -> str:
    one, sign, two = re.search("([一二三四五六七八九])([加减])([一二三四五六七八九])等于几", question).groups()
    first, second = NUMERALS.index(one), NUMERALS.index(two)
    return str(first + second if sign == "加" else first - second)


def to_the_check(page: Page, url: str, title: str, photo: Path | None = None) -> None:
    page.goto(url)
    page.get_by_label("一句话说明是什么事").fill(title)
    page.get_by_label("详细情况").fill("晚上看不清路。")
    if photo:
        page.get_by_label("照片").set_input_files(photo)
    page.get_by_role("button", name="继续").click()
    page.get_by_label("不公开").check()
    page.get_by_role("button", name="继续").click()


def test_without_javascript_a_message_is_left_checked_changed_sent_followed_and_rated(
    plain: Page, live_server: Any, photo: Path
) -> None:
    people = factories.cast()
    page = plain
    page.goto(f"{live_server.url}/s/{people.town.pk}/message/")
    page.get_by_label("照片").set_input_files(photo)
    page.get_by_role("button", name="继续").click()  # refused: the words are missing
    expect(page.get_by_text("已经传好的照片")).to_be_visible()
    page.get_by_label("一句话说明是什么事").fill("村口路灯坏了")
    page.get_by_label("详细情况").fill("晚上看不清路。")
    page.get_by_label("想留言给哪位代表").select_option(value=str(people.deputy.pk))
    page.get_by_role("button", name="继续").click()
    page.get_by_label("怎么称呼您").fill("钱有才")
    page.get_by_label("不公开").check()
    page.get_by_role("button", name="继续").click()
    expect(page.get_by_role("img", name="照片 1")).to_be_visible()
    page.locator("a[href$='#id_title']").click()
    page.get_by_label("一句话说明是什么事").fill("桥边路灯坏了")
    page.get_by_role("button", name="继续").click()
    expect(page.get_by_role("heading", name="核对一遍")).to_be_visible()
    expect(page.get_by_text("钱有才")).to_be_visible()
    page.get_by_role("button", name="提交留言").click()
    expect(page.get_by_role("heading", name="留言已收到")).to_be_visible()
    expect(page.get_by_role("button", name="打印")).to_have_count(0)  # it would do nothing here
    case = Suggestion.objects.get()
    assert case.title == "桥边路灯坏了" and case.attachments.count() == 1

    page.go_back()  # to the look at it all, which is over
    expect(page.get_by_role("heading", name="留言已收到")).to_be_visible()
    assert Suggestion.objects.count() == 1

    page.get_by_role("button", name="这是别人的手机").click()
    expect(page.get_by_text("已退出查询")).to_be_visible()
    workflow.accept(case.pk, by=people.town_staff)
    workflow.answer(case.pk, text="灯已修好。", by=people.town_staff)
    page.goto(f"{live_server.url}/query/?number={case.number}")
    page.get_by_label("查询码").fill(case.query_code.lower())
    page.get_by_role("button", name="查询").click()
    expect(page.get_by_text("灯已修好。")).to_be_visible()
    page.get_by_text("补充情况或照片").click()
    page.get_by_label("补充的内容").fill("另一盏也坏了")
    page.get_by_role("button", name="提交补充").click()
    expect(page.get_by_text("已补充，")).to_be_visible()
    page.get_by_label("满意", exact=True).check()
    page.get_by_role("button", name="提交评价").click()
    expect(page.get_by_text("这件事已经归档")).to_be_visible()


def test_without_javascript_the_second_message_passes_by_the_sum(plain: Page, live_server: Any) -> None:
    people = factories.cast()
    url = f"{live_server.url}/s/{people.town.pk}/message/"
    to_the_check(plain, url, "第一件")
    plain.get_by_role("button", name="提交留言").click()
    to_the_check(plain, url, "第二件")
    expect(plain.get_by_role("img", name="看不见图片的，请答下面的算术题")).to_be_visible()
    plain.get_by_label("4 个数字").fill("0")
    plain.get_by_role("button", name="提交留言").click()
    expect(plain.get_by_text("没有答对").first).to_be_visible()
    plain.get_by_label("4 个数字").fill(answer_to(plain.content()))
    plain.get_by_role("button", name="提交留言").click()
    expect(plain.get_by_role("heading", name="留言已收到")).to_be_visible()
    assert Suggestion.objects.count() == 2


def tab_to(page: Page, selector: str) -> None:
    """Where the keyboard gets by Tab alone; a field that it does not reach fails the test."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"Tab does not reach {selector}")


def test_without_a_mouse_a_message_is_left_and_withdrawn(page: Page, live_server: Any, photo: Path) -> None:
    people = factories.cast()
    # From the start on, or the key may be pressed before the browser hands the dialogue over.
    page.on("filechooser", lambda chooser: None)
    keys = page.keyboard
    page.goto(f"{live_server.url}/s/{people.town.pk}/message/")
    tab_to(page, "#id_title")
    keys.type("村口路灯坏了")
    tab_to(page, "#id_content")
    keys.type("晚上看不清路。")
    tab_to(page, "#id_deputy")
    keys.press("ArrowDown")
    tab_to(page, "#id_photos")
    with page.expect_file_chooser() as chooser:
        keys.press("Enter")
    chooser.value.set_files(photo)
    tab_to(page, "main button[type=submit]")
    keys.press("Enter")
    expect(page.get_by_role("heading", name="怎么联系您")).to_be_visible()
    tab_to(page, "[name=may_publish]")
    keys.press("ArrowDown")
    keys.press("Space")
    tab_to(page, "main button[type=submit]")
    keys.press("Enter")
    expect(page.get_by_role("heading", name="核对一遍")).to_be_visible()
    tab_to(page, "a[href$='#id_title']")
    keys.press("Enter")
    expect(page.locator("#id_title")).to_have_value("村口路灯坏了")
    tab_to(page, "main button[type=submit]")
    keys.press("Enter")
    expect(page.get_by_role("heading", name="核对一遍")).to_be_visible()
    tab_to(page, "main button[type=submit]")
    keys.press("Enter")
    expect(page.get_by_role("heading", name="留言已收到")).to_be_visible()
    expect(page.get_by_role("button", name="打印")).to_be_visible()
    case = Suggestion.objects.get()
    assert case.deputy == people.deputy and case.attachments.count() == 1 and case.may_publish is False
    tab_to(page, "a[href$='/query/case/']")
    keys.press("Enter")
    expect(page.get_by_text("联络站正在决定是否受理")).to_be_visible()
    tab_to(page, "#withdraw > summary")
    keys.press("Enter")
    tab_to(page, "[name=why]")
    keys.press("Space")
    tab_to(page, "#withdraw button")
    keys.press("Enter")
    expect(page.get_by_text("已撤回。")).to_be_visible()


def test_without_a_mouse_a_reply_is_rated(page: Page, live_server: Any) -> None:
    people = factories.cast()
    case = factories.case_in(people, "replied")
    keys = page.keyboard
    page.goto(f"{live_server.url}/query/")
    tab_to(page, "#id_number")
    keys.type(case.number)
    tab_to(page, "#id_code")
    keys.type(case.query_code)
    keys.press("Enter")
    expect(page.get_by_role("heading", name="请您评价")).to_be_visible()
    tab_to(page, "[name=satisfaction]")
    keys.press("Space")
    tab_to(page, "#rate button")
    keys.press("Enter")
    expect(page.get_by_text("这件事已经归档")).to_be_visible()
    assert Rating.objects.count() == 1


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_every_step_fits_the_width(page: Page, live_server: Any, photo: Path, width: int) -> None:
    people = factories.cast()
    page.set_viewport_size({"width": width, "height": 800})

    def fits() -> None:
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url

    factories.submit(people)
    to_the_check(page, f"{live_server.url}/s/{people.town.pk}/message/", "村口路灯坏了" * 8, photo)
    fits()
    page.get_by_role("button", name="提交留言").click()
    expect(page.get_by_role("heading", name="留言已收到")).to_be_visible()
    fits()
    for path in (f"s/{people.town.pk}/message", "query", "query/case", "message/contact"):
        page.goto(f"{live_server.url}/{path}/")
        fits()
