"""One case the whole way in a real browser: staff → department → staff → deputy → rating, on a desk and on a phone."""

import pytest
from playwright.sync_api import Page, expect

from history.log import broken_links
from suggestions.choices import State
from suggestions.models import Suggestion, Voter
from tests import factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SIZES = [pytest.param((1280, 800), id="1280"), pytest.param((390, 844), id="390")]
PHOTO = {"name": "修好的路灯.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8\xff\xe0" + b"\x00" * 400}


@pytest.fixture
def people():
    people = factories.cast()
    people.town_department.fields = "construction"
    people.town_department.save()
    return people


@pytest.fixture(params=SIZES)
def screen(request, page: Page) -> Page:
    width, height = request.param
    page.set_viewport_size({"width": width, "height": height})
    page.set_default_timeout(15_000)
    return page


def fits(page: Page) -> None:
    """Nothing is wider than the screen; a page that is on its way has no width yet."""
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url


def test_a_case_from_the_visitor_to_the_rating(screen: Page, live_server, log_in, people):
    page = screen

    # The township office takes it down, by keyboard alone.
    log_in(people.town_staff)
    page.goto(f"{live_server.url}/cases/register/")
    fits(page)
    expect(page.get_by_label("接待代表")).to_be_focused()
    page.keyboard.type("张为民")
    page.keyboard.press("Enter")  # to the day, which is today already
    page.keyboard.press("Enter")
    page.keyboard.type("甲村口")
    page.keyboard.press("Enter")
    expect(page.get_by_label("姓名")).to_be_focused()
    for value in ("赵小满", "13800001234", "甲村三组"):
        page.keyboard.type(value)
        page.keyboard.press("Enter")
    page.get_by_label("标题").fill("村口路灯不亮")
    page.get_by_label("反映事项").fill("三盏路灯坏了半个月，孩子放学看不清路。")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("link", name="再登记一件")).to_be_focused()
    fits(page)
    case = Suggestion.objects.get()
    expect(page.get_by_text(case.number).first).to_be_visible()
    assert (Voter.objects.get().name, case.deputy, case.field) == ("赵小满", people.deputy, "construction")

    # It is sorted and assigned: field, department and limit are there already.
    page.goto(f"{live_server.url}/triage/")
    fits(page)
    expect(page.get_by_label("主办单位")).to_have_value(str(people.town_department.pk))
    page.get_by_role("button", name="交办", exact=True).click()
    expect(page.get_by_text("已交办给村镇建设中心")).to_be_visible()
    expect(page.get_by_text("都研判完了")).to_be_visible()

    # The department takes it with one press and reports with a photo.
    log_in(people.clerk)
    page.goto(f"{live_server.url}/cases/{case.pk}/")
    fits(page)
    page.get_by_role("button", name="签收").click()
    expect(page.get_by_text("已签收。请在")).to_be_visible()
    page.get_by_role("link", name="报告办理结果").click()
    fits(page)
    page.get_by_label("已解决").check()
    page.get_by_label("办理情况").fill("三盏路灯都换了新的。")
    page.get_by_label("附件").set_input_files([PHOTO])
    page.get_by_role("button", name="报告办理结果").click()
    expect(page.get_by_text("的办理结果已报告")).to_be_visible()

    # The office checks it and hands it over.
    log_in(people.town_staff)
    page.goto(f"{live_server.url}/cases/{case.pk}/")
    page.get_by_role("link", name="反馈代表").click()
    expect(page.get_by_text("三盏路灯都换了新的。").locator("visible=true").first).to_be_visible()
    page.get_by_role("button", name="反馈代表").click()
    expect(page.get_by_text("等张为民代表回复选民").first).to_be_visible()

    # The deputy replies, with the result put in by one press.
    log_in(people.deputy_user)
    page.goto(f"{live_server.url}/cases/{case.pk}/")
    fits(page)
    page.get_by_role("button", name="显示联系方式").click()
    expect(page.get_by_role("link", name="13800001234")).to_be_visible()
    page.get_by_role("link", name="回复选民").click()
    fits(page)
    page.get_by_role("button", name="填入回复").click()
    expect(page.get_by_label("回复内容")).to_have_value("三盏路灯都换了新的。")
    page.get_by_label("回复内容").press("End")
    page.keyboard.type("请您看看。")
    page.get_by_role("button", name="回复选民").click()
    expect(page.get_by_text("已回复选民，谢谢")).to_be_visible()

    # The office calls and writes down what the voter says.
    log_in(people.town_staff)
    page.goto(f"{live_server.url}/cases/{case.pk}/rate/")
    fits(page)
    page.get_by_label("满意", exact=True).check()
    page.get_by_role("button", name="登记评价").click()
    expect(page.get_by_text("评价已登记：满意")).to_be_visible()

    case.refresh_from_db()
    assert (case.state, case.satisfaction) == (State.CLOSED, "satisfied")
    assert case.reply == "三盏路灯都换了新的。请您看看。"
    assert case.attachments.get().name == "修好的路灯.jpg"
    assert not list(broken_links(case.chain))


def test_two_people_at_one_case(screen: Page, live_server, log_in, people):
    """The one who comes second reads what the first one did, and loses no word."""
    case = factories.register(people)
    log_in(people.town_staff)
    page = screen
    page.goto(f"{live_server.url}/cases/{case.pk}/escalate/")
    page.get_by_label("上报理由和处理意见").fill("本级没有权限，请县里研究。")
    factories.workflow.remark(case.pk, note="来访人已同意调解。", by=people.hub_staff)
    page.get_by_role("button", name="上报").click()
    expect(page.get_by_text("来访人已同意调解。")).to_be_visible()
    expect(page.get_by_label("上报理由和处理意见")).to_have_value("本级没有权限，请县里研究。")
    fits(page)
    page.get_by_role("button", name="上报").click()
    expect(page.get_by_text("已上报博爱县中心站")).to_be_visible()


def test_leafing_through_the_triage_by_keys(page: Page, live_server, log_in, people):
    first, second = factories.register(people, title="第一件"), factories.register(people, title="第二件")
    log_in(people.town_staff)
    page.goto(f"{live_server.url}/triage/")
    expect(page.get_by_role("heading", name="第一件")).to_be_visible()
    page.keyboard.press("j")
    expect(page.get_by_role("heading", name="第二件")).to_be_visible()
    page.keyboard.press("k")
    expect(page.get_by_role("heading", name="第一件")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("heading", name="第二件")).to_be_visible()
    page.keyboard.press("e")
    expect(page.get_by_label("上报理由和处理意见")).to_be_focused()
    page.keyboard.type("请县里研究。")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text(f"{second.number} 已上报")).to_be_visible()
    assert first.number in page.content()


def test_a_joint_case_without_leaving_the_page(page: Page, live_server, log_in, people):
    log_in(people.town_staff)
    page.goto(f"{live_server.url}/cases/register/")
    page.get_by_label("姓名").fill("赵小满")
    page.get_by_label("标题").fill("路灯不亮")
    page.get_by_role("button", name="再加一人").click()
    expect(page.get_by_label("姓名").nth(1)).to_be_focused()
    page.keyboard.type("钱有才")
    page.get_by_label("反映事项").fill("三盏路灯坏了。")
    page.get_by_role("button", name="保存", exact=True).last.click()
    expect(page.get_by_role("link", name="再登记一件")).to_be_visible()
    assert [voter.name for voter in Voter.objects.all()] == ["赵小满", "钱有才"]


def test_back_and_once_more_makes_no_second_case(page: Page, live_server, log_in, people):
    log_in(people.town_staff)
    page.goto(f"{live_server.url}/cases/register/")
    page.get_by_label("标题").fill("路灯不亮")
    page.get_by_label("反映事项").fill("三盏路灯坏了。")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("link", name="再登记一件")).to_be_visible()
    page.go_back()
    page.get_by_label("反映事项").fill("三盏路灯坏了。")
    page.get_by_label("标题").fill("路灯不亮")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("已经登记").or_(page.get_by_text("没有重复保存")).first).to_be_visible()
    assert Suggestion.objects.count() == 1


def test_without_javascript(browser, live_server, people, client, settings):
    """Register with two voters, sort and assign with the browser's own means."""
    client.force_login(people.town_staff)
    context = browser.new_context(java_script_enabled=False, locale="zh-CN")
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"{live_server.url}/cases/register/")
    page.get_by_label("姓名").fill("赵小满")
    page.get_by_role("button", name="再加一人").click()
    page.get_by_label("姓名").nth(1).fill("钱有才")
    page.get_by_label("标题").fill("路灯不亮")
    page.get_by_label("反映事项").fill("三盏路灯坏了。")
    page.get_by_role("button", name="保存", exact=True).last.click()
    page.goto(f"{live_server.url}/triage/")
    page.get_by_role("button", name="交办", exact=True).click()
    expect(page.get_by_text("已交办给村镇建设中心")).to_be_visible()
    assert [voter.name for voter in Voter.objects.all()] == ["赵小满", "钱有才"]
    context.close()
