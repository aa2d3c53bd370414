"""What the pages do by themselves, in a real Chromium: conveniences that must not get in the way."""

import datetime as dt
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from consultations.models import Promise
from deputies.models import Deputy, Level
from history.models import Event
from messaging import outbox
from stations.models import Kind, ResidentOfficer, Station
from tests.consultations.talks import promised

pytestmark = pytest.mark.django_db(transaction=True)

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def people(transactional_db: None) -> Any:
    from tests import factories

    return factories.cast()


@pytest.fixture
def go(page: Page, live_server: Any):
    def go(path: str) -> Page:
        page.goto(live_server.url + path)
        page.wait_for_load_state("networkidle")
        return page

    return go


def test_a_dangerous_button_asks_first(people, log_in, go) -> None:
    log_in(people.town_staff)
    page = go(f"/accounts/{people.clerk.pk}/")
    page.get_by_role("button", name="停用").click()
    dialog = page.get_by_role("dialog", name="停用这个账号？")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="取消").click()
    assert User.objects.get(pk=people.clerk.pk).is_active
    page.get_by_role("button", name="停用").click()
    dialog.get_by_role("button", name="确定").click()
    expect(page.get_by_text("账号已停用")).to_be_visible()
    assert not User.objects.get(pk=people.clerk.pk).is_active


def test_a_form_pressed_twice_is_sent_once(people, log_in, go) -> None:
    log_in(people.town_staff)
    page = go(f"/accounts/{people.clerk.pk}/")
    page.get_by_role("button", name="重置密码").click()
    page.get_by_role("dialog", name="重置密码？").get_by_role("button", name="确定").dblclick()
    expect(page.get_by_role("heading", name="密码已重置")).to_be_visible()
    assert Event.objects.filter(action="password_reset").count() == 1


def test_ctrl_enter_sends_the_form(people, log_in, go) -> None:
    log_in(people.town_staff)
    page = go(f"/stations/{people.town.pk}/officers/new/")
    page.get_by_label("律师").or_(page.get_by_label("类别")).first.select_option("lawyer")
    page.get_by_label("姓名").fill("何律师")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("何律师已保存")).to_be_visible()
    assert ResidentOfficer.objects.filter(name="何律师").count() == 1


def test_the_first_wrong_field_has_the_focus(people, log_in, go) -> None:
    log_in(people.town_staff)
    page = go(f"/stations/{people.town.pk}/departments/new/")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("alert")).to_contain_text("还不能提交")
    expect(page.locator("#id_name")).to_be_focused()


def test_keys_lead_through_the_house_but_never_while_typing(people, log_in, go) -> None:
    log_in(people.hub_staff)
    page = go("/accounts/me/")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="键盘快捷键")).to_contain_text("站点")
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("s")
    page.wait_for_url("**/stations/")
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("g d?")
    expect(page.get_by_role("searchbox")).to_have_value("g d?")


def test_leaving_a_half_filled_form_warns(people, log_in, go) -> None:
    log_in(people.town_staff)
    page = go(f"/stations/{people.town.pk}/departments/new/")
    warned = []
    page.on("dialog", lambda dialog: (warned.append(dialog.type), dialog.accept()))
    page.get_by_label("名称").fill("卫生院")
    page.get_by_role("link", name="站点").first.click()
    page.wait_for_url("**/stations/")
    assert warned == ["beforeunload"]


def test_a_long_choice_can_be_narrowed_by_typing(people, log_in, go) -> None:
    for n in range(15):
        Station.objects.create(
            county=people.county, kind=Kind.POINT, name=f"丙{n:02}村联络点", parent=people.other_town
        )
    log_in(people.hub_staff)
    page = go("/deputies/new/")
    page.get_by_placeholder("输入站点名称").fill("丙07")
    expect(page.locator("#id_home_station")).to_have_value(str(Station.objects.get(name__startswith="丙07").pk))
    page.get_by_placeholder("输入站点名称").fill("")
    assert page.locator("#id_home_station option").count() > 15


def test_places_are_found_while_typing(people, log_in, go) -> None:
    Deputy.objects.create(county=people.county, name="周代表", level=Level.COUNTY, home_station=people.town)
    log_in(people.hub_staff)
    page = go("/accounts/new/?kind=deputy")
    page.get_by_label("代表姓名或拼音").press_sequentially("zdb")
    expect(page.locator("#places .choice")).to_have_count(1)
    page.get_by_role("link", name="选择").click()
    expect(page.get_by_label("姓名")).to_have_value("周代表")


def test_the_bell_shows_what_is_new(people, log_in, go) -> None:
    outbox.tell(key="k", people=[people.clerk], subject="请签收", link="/accounts/me/")
    log_in(people.clerk)
    page = go("/accounts/me/")
    expect(page.locator(".bell-count")).to_have_text("1")


def test_on_a_phone_the_menu_opens_from_the_bar(people, log_in, go) -> None:
    log_in(people.hub_staff)
    page = go("/messages/")
    page.set_viewport_size(PHONE)
    expect(page.locator(".tabbar")).to_be_visible()
    menu = page.get_by_role("link", name="值班表", exact=True)
    expect(menu).to_have_count(0)
    page.get_by_role("button", name="打开菜单").click()
    expect(menu).to_be_in_viewport()


def pages(people: Any) -> list[str]:
    return [
        "/accounts/me/",
        "/accounts/me/password/",
        "/accounts/",
        "/accounts/new/?kind=deputy",
        f"/accounts/new/?place=station:{people.point.pk}",
        f"/accounts/{people.clerk.pk}/",
        f"/accounts/{people.clerk.pk}/give/",
        "/stations/",
        "/stations/?q=甲镇",
        f"/stations/{people.town.pk}/",
        f"/stations/{people.town.pk}/edit/",
        f"/stations/new/?parent={people.town.pk}",
        f"/stations/departments/{people.town_department.pk}/",
        f"/stations/officers/{people.officer.pk}/",
        "/stations/rules/",
        "/deputies/",
        f"/deputies/{people.deputy.pk}/",
        f"/deputies/{people.deputy.pk}/edit/",
        "/deputies/completeness/",
        "/messages/",
        "/workdays/",
    ]


@pytest.mark.parametrize("large", [False, True], ids=["standard", "large"])
def test_every_page_fits_a_phone(people, log_in, go, page: Page, large: bool) -> None:
    Deputy.objects.create(county=people.county, name="没编组", level=Level.COUNTY, post="博爱县人民医院主任医师、教授")
    outbox.tell(key="k", people=[people.hub_staff], subject="请签收", body="路灯不亮", link="/accounts/me/")
    User.objects.update(large_type=large)
    log_in(people.hub_staff)
    page.set_viewport_size(PHONE)
    wide = [
        path for path in pages(people) if go(path).evaluate("document.documentElement.scrollWidth") > PHONE["width"]
    ]
    assert wide == []


def test_the_page_for_a_first_password_keeps_its_bell(people, log_in, go) -> None:
    User.objects.filter(pk=people.clerk.pk).update(must_change_password=True)
    log_in(people.clerk)
    page = go("/accounts/me/password/")
    expect(page.locator("[name=new_password1]")).to_have_count(1)  # not the page within the page, without end
    expect(page.locator(".bell-count")).to_have_text("")


LAST_LINE = """(words) => {
  const box = document.createElement("p");
  box.style.width = "12em";
  box.textContent = words;
  document.querySelector("main").append(box);
  const range = document.createRange();
  range.selectNodeContents(box);
  const lines = [...range.getClientRects()];
  return lines.at(-1).width / parseFloat(getComputedStyle(box).fontSize);
}"""


@pytest.mark.parametrize("path", ["/accounts/me/", "/"])
def test_no_character_stands_on_a_line_of_its_own(people, log_in, go, path) -> None:
    log_in(people.hub_staff)
    assert go(path).evaluate(LAST_LINE, "甲" * 13) > 1.5  # 13 characters where 12 have room


def test_the_day_of_a_late_promise_keeps_off_its_title(people, log_in, go) -> None:
    late = promised(people)
    Promise.objects.filter(pk=late.pk).update(due_on=timezone.localdate() - dt.timedelta(days=30))
    log_in(people.town_staff)
    row = go("/work/").locator(".work-row", has_text=late.what)
    day, title = row.locator(".due-date").bounding_box(), row.locator(".work-title").bounding_box()
    assert day and title and day["x"] + day["width"] <= title["x"]


def test_every_page_is_readable_by_machines_that_read_aloud(people, log_in, go, page: Page) -> None:
    outbox.tell(key="k", people=[people.hub_staff], subject="请签收", body="路灯不亮", link="/accounts/me/")
    log_in(people.hub_staff)
    faults = {}
    for path in pages(people):
        found = Axe().run(go(path)).response["violations"]
        grave = [
            fault["id"] + ": " + " ".join(fault["nodes"][0]["html"].split())[:160]
            for fault in found
            if fault["impact"] in ("serious", "critical")
        ]
        if grave:
            faults[path] = grave
    assert faults == {}
