"""The paper forms of one case: what stands on each, for whom, when, and what the history keeps of it."""

import socket
from types import SimpleNamespace

import pytest
from django.urls import reverse

from history.models import Event
from liaison.lib import pdf
from suggestions import workflow
from suggestions.choices import Kind, Satisfaction, State
from suggestions.erasure import erase_voter
from suggestions.models import Assignment, Rating
from tests import factories
from tests.suggestions.paper.documents import fonts, opened

pytestmark = pytest.mark.django_db
WITH_ROW = ("assignment_order", "reply_letter")


def show(as_user, user, form, case, row=None, **query):
    arguments = [case.pk]
    if form in WITH_ROW:
        arguments.append((row or case.assignments.filter(role="lead").order_by("-pk").first()).pk)
    return as_user(user).get(reverse(f"suggestions:{form}", args=arguments), query)


def events(case, *actions):
    return list(Event.objects.filter(chain=case.chain, action__in=actions).order_by("seq"))


@pytest.fixture
def closed(people):
    case = factories.case_in(people, State.CLOSED)
    Assignment.objects.filter(suggestion=case, role="lead").update(
        instruction="三日内修好。", document_number="甲建〔2026〕12号", handler="孙工", handler_phone="0391-8681234"
    )
    return case


# --- 交办单 -------------------------------------------------------------------------------


def test_the_assignment_order_has_its_columns_filled(people, closed, as_user):
    text = show(as_user, people.town_staff, "assignment_order", closed).text
    lead = closed.assignments.get(role="lead")
    day = f"{lead.due_on.year}年{lead.due_on.month}月{lead.due_on.day}日"
    for words in (
        *("编号", "交办单位", "主办", "协办", "交办日期", "办理期限", "事由", "内容", "交办意见", "交办人", "签收人"),
        *("签收日期", closed.number, people.town.name, "村镇建设中心", "农业服务中心", day, closed.title),
        *(closed.content, "三日内修好。", people.town_staff.name, people.clerk.name),
    ):
        assert words in text
    assert "赵小满" not in text and "13800001234" not in text


def test_an_order_that_is_not_taken_is_left_blank_to_sign(people, as_user):
    case = factories.case_in(people, State.ASSIGNED)
    text = show(as_user, people.town_staff, "assignment_order", case).text
    assert people.clerk.name not in text
    assert "签收人</th><td></td>" in text
    assert '<span class="date-blank">年　　月　　日</span>' in text


def test_each_department_has_an_order_of_its_own(people, closed, as_user):
    co = closed.assignments.get(role="co")
    assert "农业服务中心（协办）" in show(as_user, people.second_clerk, "assignment_order", closed, co).text
    menu = as_user(people.town_staff).get(reverse("suggestions:case", args=[closed.pk])).text
    assert "交办单（村镇建设中心）" in menu and "交办单（农业服务中心）" in menu


def test_an_order_is_not_for_the_deputy_nor_through_another_case(people, closed, as_user):
    assert show(as_user, people.deputy_user, "assignment_order", closed).status_code == 403
    other = factories.case_in(people, State.HANDLING)
    row = closed.assignments.get(role="lead")
    assert show(as_user, people.town_staff, "assignment_order", other, row).status_code == 404


# --- 答复函 -------------------------------------------------------------------------------


def test_the_letter_has_its_parts(people, closed, as_user):
    text = show(as_user, people.deputy_user, "reply_letter", closed).text
    for words in (
        *("分类：A 类", "村镇建设中心", "甲建〔2026〕12号", "关于“村口路灯不亮”的答复", "张为民代表：", "路灯已修好。"),
        *("（盖章）", "承办人：孙工", "电话：0391-8681234", f"抄送：{people.town.name}。"),
    ):
        assert words in text


def test_the_county_letter_goes_to_the_township_that_sent_the_case_as_well(people, as_user):
    case = factories.case_in(people, State.REGISTERED)
    workflow.escalate(case.pk, opinion="本镇解决不了。", by=people.town_staff)
    workflow.assign(case.pk, lead=people.county_department, by=people.hub_staff)
    workflow.take(case.pk, by=people.county_clerk)
    workflow.report(case.pk, result_kind="cannot", text="暂时没有资金。", by=people.county_clerk)
    text = show(as_user, people.town_staff, "reply_letter", case).text
    assert f"抄送：{people.hub.name}，{people.town.name}。" in text and "分类：C 类" in text


def test_before_the_report_there_is_no_letter_and_the_page_says_why(people, as_user):
    case = factories.case_in(people, State.HANDLING)
    client = as_user(people.town_staff)
    address = reverse("suggestions:reply_letter", args=[case.pk, case.assignments.get(role="lead").pk])
    page = client.get(address, follow=True)
    assert page.redirect_chain == [(reverse("suggestions:case", args=[case.pk]), 302)]
    assert "主办单位报告办理结果以后才有答复函。" in page.text and "答复函（" not in page.text


# --- 征询意见表 ---------------------------------------------------------------------------


def test_the_opinion_form_is_filled_with_the_rating(people, as_user):
    case = factories.case_in(people, State.REPLIED)
    workflow.rate(case.pk, satisfaction=Satisfaction.BASICALLY, reason="修得慢", replied=True, by=people.town_staff)
    text = show(as_user, people.town_staff, "opinion_form", case).text
    ticked = '<span class="tick-box">√</span>'
    assert f"{ticked}基本满意" in text and f"{ticked}是" in text and "修得慢" in text
    assert f"{ticked}满意" not in text and f"{ticked}否" not in text
    assert "电话回访填写" in text


def test_without_a_rating_the_form_is_blank_to_sign(people, as_user):
    case = factories.case_in(people, State.REPLIED)
    text = show(as_user, people.town_staff, "opinion_form", case).text
    assert '<span class="tick-box">√</span>' not in text and "赵小满" not in text
    for words in ("标题", case.number, "主办单位：村镇建设中心", "收到时间", "意见", "签名", "日期", "地址", "电话"):
        assert words in text


def test_after_a_redo_the_form_is_blank_again(people, as_user):
    case = factories.case_in(people, State.REPLIED)
    workflow.rate(case.pk, satisfaction=Satisfaction.NOT, reason="又坏了", by=people.town_staff)
    workflow.take(case.pk, by=people.clerk)
    workflow.report(case.pk, result_kind="solved", text="又修了。", by=people.clerk)
    workflow.hand_over(case.pk, by=people.town_staff)
    workflow.reply(case.pk, text="又修好了。", by=people.deputy_user)
    assert Rating.objects.filter(suggestion=case).exists()
    text = show(as_user, people.town_staff, "opinion_form", case).text
    assert '<span class="tick-box">√</span>' not in text and "又坏了" not in text


def test_before_an_answer_nobody_is_asked(people, as_user):
    case = factories.case_in(people, State.HANDLING)
    assert show(as_user, people.town_staff, "opinion_form", case).status_code == 302
    assert "征询意见表" not in as_user(people.town_staff).get(reverse("suggestions:case", args=[case.pk])).text


# --- 建议专用纸 ---------------------------------------------------------------------------


def test_the_sheet_of_a_suggestion_leaves_room_for_co_signers(people, as_user):
    people.deputy.certificate, people.deputy.phone = "豫博0012", "13700000000"
    people.deputy.save()
    case = factories.register(people, kind=Kind.SUGGESTION)
    text = show(as_user, people.town_staff, "motion_sheet", case).text
    assert text.count('<tr class="co-signer">') == 6
    for words in (
        "博爱县人民代表大会代表建议专用纸",
        f"第 {case.number} 号",
        "张为民",
        "豫博0012",
        "13700000000",
        case.content,
    ):
        assert words in text


def test_who_may_not_see_a_deputys_number_does_not_print_it(people, as_user):
    people.deputy.phone = "13700000000"
    people.deputy.save()
    case = factories.case_in(people, State.HANDLING, kind=Kind.MOTION)
    text = show(as_user, people.clerk, "motion_sheet", case).text
    assert "议案专用纸" in text and "13700000000" not in text


def test_an_opinion_has_no_such_sheet(people, closed, as_user):
    assert show(as_user, people.town_staff, "motion_sheet", closed).status_code == 302
    assert "专用纸" not in as_user(people.town_staff).get(reverse("suggestions:case", args=[closed.pk])).text


# --- who sees a voter's name and number ---------------------------------------------------


@pytest.mark.parametrize("form", ["opinion_form", "case_file"])
def test_names_and_numbers_are_printed_when_asked_for_and_kept_in_the_history(people, closed, as_user, form):
    text = show(as_user, people.town_staff, form, closed, contact="1").text
    assert "赵小满" in text and "13800001234" in text and "甲村三组" in text
    (look,) = events(closed, "view_contact")
    assert look.actor == people.town_staff and look.after == {"form": form} and look.address == "127.0.0.1"


@pytest.mark.parametrize("form", ["opinion_form", "case_file"])
def test_without_being_asked_for_they_are_not_there(people, closed, as_user, form):
    text = show(as_user, people.town_staff, form, closed).text
    assert "赵小满" not in text and "13800001234" not in text
    assert not events(closed, "view_contact")


def test_who_may_not_see_the_contact_prints_none(people, as_user):
    """A department that gave the case back still sees it, and has nobody to call."""
    case = factories.case_in(people, State.ASSIGNED)
    workflow.object_(case.pk, reason="不属于本单位职权。", by=people.clerk)
    assert show(as_user, people.clerk, "case_file", case).status_code == 200
    assert show(as_user, people.clerk, "case_file", case, contact="1").status_code == 403
    assert not events(case, "view_contact")


def test_erased_data_stay_erased_on_paper(people, closed, as_user):
    erase_voter(closed.voters.get().pk, by=people.town_staff)
    text = show(as_user, people.town_staff, "case_file", closed, contact="1").text
    assert "（已删除）" in text and "赵小满" not in text


# --- the file that leaves -----------------------------------------------------------------

needs_renderer = pytest.mark.skipif(not pdf.can_render(), reason="WeasyPrint or pango is not there")


@needs_renderer
def test_the_pdf_carries_its_chinese_fonts(people, closed, as_user):
    answer = show(as_user, people.town_staff, "assignment_order", closed, **{"as": "pdf"})
    assert answer["Content-Type"] == "application/pdf"
    body = answer.getvalue()
    assert body.startswith(b"%PDF-")
    assert len(fonts(body)) >= 2 and all(embedded for _, embedded in fonts(body)), fonts(body)
    (printed,) = events(closed, "print")
    assert printed.after == {"form": "assignment_order"}


def test_without_a_renderer_there_is_no_button_and_no_pdf(people, closed, as_user, monkeypatch):
    monkeypatch.setattr(pdf, "renderer", lambda: None)
    assert "as=pdf" not in show(as_user, people.town_staff, "assignment_order", closed).text
    assert show(as_user, people.town_staff, "assignment_order", closed, **{"as": "pdf"}).status_code == 404
    assert not events(closed, "print")


@pytest.fixture
def tripwire():
    """A port that notes whether anybody came."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)

        def came():
            try:
                server.accept()
            except BlockingIOError:
                return False
            return True

        yield SimpleNamespace(port=server.getsockname()[1], came=came)


@needs_renderer
def test_a_print_page_fetches_nothing(tmp_path, tripwire):
    secret = tmp_path / "secret.css"
    secret.write_text("@page { size: A3 landscape }")
    picture = f"http://127.0.0.1:{tripwire.port}/x.png"
    html = f'<link rel="stylesheet" href="file://{secret}"><img src="{picture}"><p>正文</p>'
    assert b"841.8" in opened(pdf.render(html)) and b"1190" not in opened(pdf.render(html))
    assert not tripwire.came()


# --- scope --------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["assignment_order", "reply_letter", "opinion_form", "motion_sheet", "case_file"])
def test_who_may_not_see_the_case_finds_no_form_of_it(people, strangers, closed, as_user, form):
    for user in (people.other_town_staff, people.county_clerk, strangers.hub_staff):
        assert show(as_user, user, form, closed).status_code == 404
    assert not events(closed, "print", "view_contact")
