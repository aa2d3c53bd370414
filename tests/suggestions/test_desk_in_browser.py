"""A reception day from the first press to the public board, in a real browser."""

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from noticeboard import changes
from receptions.models import Duty, ReceptionDay
from suggestions.models import Suggestion
from suggestions.registration import VoterData
from tests import factories
from tests.suggestions.acts import again

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def day(people):
    day = factories.reception_day(people, timezone.localdate())
    factories.on_duty(day, people.deputy, people.other_deputy)
    return day


def wait_for_entry(page, number):
    expect(page.locator(".entry-rows > li")).to_have_count(number)


def take_down(page, phone, name, content, words, gender=""):
    """By keyboard alone: the cursor stands in the first field."""
    expect(page.locator("[name=phone]")).to_be_focused()
    page.keyboard.type(phone)
    with page.expect_response(lambda answer: "/known/" in answer.url):
        page.keyboard.press("Enter")
    expect(page.locator("#known > *")).to_be_visible()
    if name:
        page.keyboard.type(name)
    page.keyboard.press("Enter")
    page.keyboard.type("甲村三组")
    page.keyboard.press("Enter")
    page.keyboard.press(gender or "Enter")  # one key chooses, Enter leaves it open
    page.keyboard.press("Enter")
    page.keyboard.type(content)
    page.focus("[name=words]")
    page.keyboard.type(words)
    page.keyboard.press("Control+Enter")


def test_a_reception_day_from_the_first_press_to_the_public_board(page, people, day, log_in, live_server):
    log_in(people.town_staff)
    page.goto(live_server.url + reverse("suggestions:desk_today"))
    page.click("text=开始接待")
    page.wait_for_selector("#entry")
    page.click("li:has-text('张为民') button[value='1']")
    page.wait_for_selector("li:has-text('张为民') .status-done")
    assert page.input_value("[name=deputy]") == str(people.deputy.pk)  # the only one who is there
    page.click("li:has-text('王法官') button")
    page.wait_for_selector("li:has-text('王法官') .status-done")

    # Pressing the counter while something is being typed loses nothing of it.
    page.fill("[name=content]", "还没写完")
    for number in (1, 2, 3, 4):
        page.click("[name=step][value=more]")
        expect(page.locator(".desk-counter strong")).to_have_text(str(number))
    assert page.input_value("[name=content]") == "还没写完"
    page.fill("[name=content]", "")
    page.focus("[name=phone]")

    page.select_option("[name=deputy]", label="张为民")
    page.focus("[name=phone]")
    take_down(page, "13800001234", "赵小满", "村东头排水渠堵了。下雨漫水。", "请村镇建设中心清淤。", gender="2")
    wait_for_entry(page, 1)
    page.click("label[for=id_handling_1]")
    page.focus("[name=phone]")
    take_down(page, "13900005678", "钱有才", "问高龄补贴怎样办。", "当场说明：到镇便民服务中心办。")
    wait_for_entry(page, 2)
    take_down(page, "13800001234", "", "路灯坏了。", "")  # known by now: name and village are put in
    wait_for_entry(page, 3)
    voters = [case.voters.get() for case in Suggestion.objects.order_by("pk")]
    assert [(one.name, one.gender) for one in voters] == [("赵小满", "女"), ("钱有才", ""), ("赵小满", "女")]

    page.click("text=结束接待")
    page.fill(f"[name=absent_{Duty.objects.get(deputy=people.other_deputy).pk}]", "外出开会，已请假")
    page.fill("[name=summary]", "群众反映排水、路灯等事，当场答复一件，其余带回办理。")
    page.check("[name=release]")
    page.click("form button:has-text('结束接待')")
    page.wait_for_selector(".desk-closed")
    assert ReceptionDay.objects.get(pk=day.pk).visitors == 4

    changes.release(ReceptionDay.objects.get(pk=day.pk).summary_notice_id, by=again(people.hub_staff))
    page.context.clear_cookies()
    page.goto(live_server.url + reverse("portal:station", args=[people.town.pk]))
    page.click("text=人大代表接待选民情况")
    text = page.inner_text("main")
    assert "接待选民群众 4 人次" in text and "登记意见 3 件，其中当场答复 1 件" in text
    assert "赵小满" not in text and "13800001234" not in text


@pytest.mark.parametrize(("width", "height"), [(390, 844), (1024, 768), (1280, 800)])
def test_the_desk_fits_its_screen(page, people, day, log_in, live_server, width, height):
    page.set_viewport_size({"width": width, "height": height})
    log_in(people.town_staff)
    page.goto(live_server.url + reverse("suggestions:desk", args=[day.pk]))
    page.click("text=开始接待")
    page.wait_for_selector("#entry")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_save_button_stays_in_sight_when_a_visitor_is_recognised(page, people, day, log_in, live_server):
    voters = [VoterData(name="赵小满", phone="13800001234", address="甲村三组", gender="女", age_band="from_60")]
    for number in range(3):
        factories.register(people, title=f"第{number}件事", voters=voters)
    page.set_viewport_size({"width": 1024, "height": 768})
    log_in(people.town_staff)
    page.goto(live_server.url + reverse("suggestions:desk", args=[day.pk]))
    page.click("text=开始接待")
    page.wait_for_selector("#entry")
    page.fill("[name=phone]", "13800001234")
    page.keyboard.press("Enter")
    expect(page.locator(".entry-known")).to_be_visible()
    expect(page.locator("[name=gender][value=女]")).to_be_checked()
    expect(page.locator("[name=age_band][value=from_60]")).to_be_checked()
    expect(page.get_by_role("button", name="保存，下一位")).to_be_in_viewport(ratio=1)
    page.click("label:has-text('女')")  # pressed once more, it is taken back
    expect(page.locator("[name=gender]:checked")).to_have_count(0)
    page.fill("[name=phone]", "13900005678")
    page.keyboard.press("Enter")
    expect(page.locator(".entry-unknown")).to_be_visible()
    expect(page.locator("[name=age_band]:checked")).to_have_count(0)


def test_the_desk_works_without_scripts(browser, people, day, live_server, as_user):
    context = browser.new_context(java_script_enabled=False, locale="zh-CN")
    cookie = as_user(people.town_staff).cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    page = context.new_page()
    page.goto(live_server.url + reverse("suggestions:desk", args=[day.pk]))
    page.click("button:has-text('开始接待')")
    page.click("[name=step][value=more]")
    page.click("li:has-text('张为民') button[value='1']")
    page.fill("[name=phone]", "13800001234")
    page.fill("[name=content]", "路灯坏了。")
    page.click("button:has-text('查来访')")
    assert page.input_value("[name=content]") == "路灯坏了。"
    page.click("button:has-text('保存，下一位')")
    assert "已登记" in page.inner_text(".desk-done")
    assert Suggestion.objects.get().reception_day == day
    context.close()
