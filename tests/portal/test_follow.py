import datetime as dt

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from history.models import Event
from messaging.models import OutboxRow
from portal.held_words import save_words
from portal.models import Draft, DraftPhoto
from suggestions import workflow
from suggestions.choices import State
from suggestions.models import Rating, Suggestion
from suggestions.transitions import Voice
from tests import factories
from tests.portal.test_leave_message import SHOT_AT, picture

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    cache.clear()
    return factories.cast()


def ask(client, number, code):
    return client.post(reverse("portal:query"), {"number": number, "code": code}, follow=True)


def follow(client, case):
    answer = ask(client, case.number, case.query_code)
    assert answer.redirect_chain
    return answer.content.decode()


def test_number_and_code_show_where_it_stands(client, people):
    text = follow(client, factories.case_in(people, State.HANDLING))
    assert "承办单位正在办理" in text and "已交村镇建设中心办理" in text and "报告办理结果的期限是" in text


@pytest.mark.parametrize("change", [str.lower, lambda text: f" {text} ", lambda text: text.replace("-", "")])
def test_number_and_code_may_be_typed_carelessly(client, people, change):
    case = factories.case_in(people, State.SUBMITTED)
    assert "正在决定是否受理" in ask(client, change(case.number), change(case.query_code)).content.decode()


def test_unknown_number_and_wrong_code_get_the_same_words(client, people):
    case = factories.case_in(people, State.SUBMITTED)
    wrong = ask(client, case.number, "ABCD2345").content.decode()
    unknown = ask(client, "BA2020-00001", "ABCD2345").content.decode()
    assert "编号或查询码不对" in wrong and "编号或查询码不对" in unknown


def test_nothing_shows_without_the_code(client, people):
    factories.case_in(people, State.REPLIED)
    for name in ("case", "receipt"):
        assert client.get(reverse(f"portal:{name}")).status_code == 302
    for name in ("rate", "withdraw"):
        assert client.post(reverse(f"portal:{name}"), {"satisfaction": "satisfied"}).status_code == 302
    assert not Rating.objects.exists()


@pytest.mark.parametrize("state", State.values)
def test_every_state_is_told_without_names_of_staff_or_notes(client, people, state):
    case = factories.case_in(people, state)
    workflow.remark(case.pk, note="内部记事：此人电话13800001234", by=people.hub_staff)
    text = follow(client, case)
    for secret in ("内部记事", "13800001234", "赵小满", "钱有才", "BA-town_staff", "BA-clerk", "修好了。</em>"):
        assert secret not in text, secret


def test_a_refusal_gives_its_reason(client, people):
    case = factories.submit(people)
    workflow.refuse(case.pk, reason="court", note="法院已立案。", by=people.town_staff)
    assert "已由人民法院受理" in follow(client, case)


def rate(client, **data):
    return client.post(reverse("portal:rate"), data, follow=True).content.decode()


def test_a_satisfied_voter_closes_the_case(client, people):
    case = factories.case_in(people, State.REPLIED)
    assert "请您评价" in follow(client, case)
    assert "已经归档" in rate(client, satisfaction="satisfied", solved="1", in_time="0")
    rating = Rating.objects.get()
    assert (rating.solved, rating.in_time, rating.understood, rating.called_by) == (True, False, None, None)
    assert Suggestion.objects.get(pk=case.pk).state == State.CLOSED


def test_not_satisfied_needs_a_reason_and_has_it_done_again(client, people):
    case = factories.case_in(people, State.REPLIED)
    follow(client, case)
    assert "不满意请说明原因" in rate(client, satisfaction="not")
    assert "重新办理" in rate(client, satisfaction="not", reason="又坏了")
    assert Suggestion.objects.get(pk=case.pk).state == State.ASSIGNED


def test_a_second_rating_of_the_same_reply_is_told_why_not(client, people):
    case = factories.case_in(people, State.REPLIED)
    follow(client, case)
    rate(client, satisfaction="satisfied")
    rate(client, satisfaction="satisfied")
    assert Rating.objects.count() == 1


def test_a_voter_withdraws_with_a_reason_what_nobody_has_assigned_yet(client, people):
    case = factories.submit(people)
    follow(client, case)
    assert "请选一个原因" in client.post(reverse("portal:withdraw"), follow=True).content.decode()
    answer = client.post(reverse("portal:withdraw"), {"why": "已经解决了", "more": "村里清过了"}, follow=True)
    assert "已撤回" in answer.content.decode()
    assert Suggestion.objects.get().state == State.WITHDRAWN
    assert Event.objects.get(chain=case.chain, action="withdraw").note == "已经解决了：村里清过了"


def test_what_is_being_handled_cannot_be_withdrawn(client, people):
    case = factories.case_in(people, State.HANDLING)
    follow(client, case)
    assert "不能“撤回”" in client.post(reverse("portal:withdraw"), {"why": "其他"}, follow=True).content.decode()


def test_a_lent_phone_forgets_the_case(client, people):
    follow(client, factories.case_in(people, State.REPLIED))
    client.post(reverse("portal:leave"))
    assert client.get(reverse("portal:case")).status_code == 302


def test_leaving_the_query_erases_the_unsent_message_too(client, people):
    from tests.portal.test_leave_message import matter

    matter(client, people.town)
    client.post(reverse("portal:leave"))
    assert not Draft.objects.exists()


# --- how it came there ----------------------------------------------------------------------


def test_each_step_names_the_office_and_never_a_person(client, people):
    case = factories.case_in(people, State.REPLIED)
    text = follow(client, case)
    for words in ("已交村镇建设中心办理", "承办单位已签收", "（村镇建设中心）", "（人大代表）", "已修好，请您看看。"):
        assert words in text, words
    for name in ("BA-clerk", "BA-town_staff", "BA-deputy_user", "赵小满"):
        assert name not in text


def test_a_limit_that_has_passed_is_said_with_the_days(client, people):
    case = factories.case_in(people, State.HANDLING)
    Suggestion.objects.filter(pk=case.pk).update(due_on=timezone.localdate() - dt.timedelta(days=3))
    assert "已经超过 3 天" in follow(client, case)


def test_a_limit_that_ends_today_is_not_late(client, people):
    case = factories.case_in(people, State.HANDLING)
    Suggestion.objects.filter(pk=case.pk).update(due_on=timezone.localdate())
    assert "现在没有超期" in follow(client, case)


def test_a_merged_case_tells_how_the_main_one_stands_but_nothing_of_its_voter(client, people):
    main = factories.register(people, title="主件的标题", content="主件的内容")
    case = factories.submit(people)
    workflow.merge(case.pk, into=main.pk, by=people.town_staff)
    workflow.assign(main.pk, lead=people.town_department, by=people.town_staff)
    text = follow(client, case)
    assert "合并办理的那一件现在：已交给承办单位" in text and "承办单位签收的期限" in text
    for secret in ("主件的标题", "主件的内容", main.number, "赵小满"):
        assert secret not in text


def test_the_voter_of_a_merged_case_reads_the_answer_and_rates_it(client, people):
    case = factories.case_in(people, State.MERGED)
    main = case.merged_into
    workflow.answer(main.pk, text="排水沟已清。", by=people.town_staff)
    assert "排水沟已清。" in follow(client, case)
    assert "已经归档" in rate(client, satisfaction="satisfied")
    main.refresh_from_db()
    assert main.state == State.REPLIED  # the other voter rates for himself


@pytest.mark.parametrize("state", State.values)
def test_the_page_of_a_case_takes_few_queries(client, people, state, django_assert_max_num_queries):
    case = factories.case_in(people, state)
    follow(client, case)
    with django_assert_max_num_queries(8):
        client.get(reverse("portal:case"))


# --- asking again ---------------------------------------------------------------------------


def test_the_rule_of_doing_it_again_stands_at_the_rating(client, people):
    case = factories.case_in(people, State.REPLIED)
    assert "重新办理一次" in follow(client, case)


def test_the_second_time_the_county_assesses_and_the_page_says_so_before(client, people):
    case = factories.case_in(people, State.REPLIED)
    pk = case.pk
    workflow.rate(pk, satisfaction="not", reason="又坏了", by=Voice.VOTER)
    workflow.take(pk, by=people.clerk)
    workflow.report(pk, result_kind="solved", text="又修了。", by=people.clerk)
    workflow.hand_over(pk, by=people.town_staff)
    workflow.reply(pk, text="又修好了。", by=people.deputy_user)
    text = follow(client, case)
    assert "已经重新办理过一次" in text and "已评价，重新办理" in text
    assert "县人大将组织评估" in rate(client, satisfaction="not", reason="还是不亮")
    assert Suggestion.objects.get(pk=pk).state == State.ASSESSING


# --- adding ---------------------------------------------------------------------------------


def add(client, **data):
    return client.post(reverse("portal:supplement"), data, follow=True).content.decode()


@pytest.mark.parametrize(
    "state", [State.SUBMITTED, State.REGISTERED, State.ASSIGNED, State.HANDLING, State.REPORTED, State.REPLIED]
)
def test_until_it_is_closed_a_voter_adds_words_and_photos(client, people, state):
    case = factories.case_in(people, state)
    assert "补充情况或照片" in follow(client, case)
    OutboxRow.objects.all().delete()
    assert "已补充" in add(client, note="昨天又漫水了", photos=[picture()])
    event = Event.objects.get(chain=case.chain, action="supplement")
    assert event.note == "昨天又漫水了" and event.seat == "选民"
    file = case.attachments.get(step="supplement")
    assert SHOT_AT not in file.file.read()
    told = set(OutboxRow.objects.values_list("person__username", flat=True))
    assert "BA-town_staff" in told
    assert ("BA-clerk" in told) == (state in (State.ASSIGNED, State.HANDLING))


def test_a_voter_reads_the_own_addition_and_nobody_elses_note(client, people):
    case = factories.case_in(people, State.HANDLING)
    follow(client, case)
    workflow.urge(case.pk, note="请张科长尽快到现场", by=people.town_staff)
    shown = add(client, note="昨天又漫水了")
    assert '<q class="steps-said">昨天又漫水了</q>' in shown
    assert "张科长" not in shown


@pytest.mark.parametrize("state", [State.CLOSED, State.MERGED, State.REFUSED, State.WITHDRAWN])
def test_what_has_ended_takes_no_more(client, people, state):
    assert "补充情况或照片" not in follow(client, factories.case_in(people, state))
    assert "不能“补充材料”" in add(client, note="昨天又漫水了")


def test_what_is_wrong_is_said_once(client, people):
    follow(client, factories.case_in(people, State.REPLIED))
    page = rate(client, satisfaction="")
    assert page.count("data-error-summary") == 1 and "请选“满意”“基本满意”或“不满意”" in page


def test_nothing_added_is_said(client, people):
    follow(client, factories.submit(people))
    assert "请写明补充的内容" in add(client)


def test_added_words_of_the_list_are_marked_for_the_desk(client, people):
    save_words(people.county, ["堵路"], actor=people.hub_staff)
    case = factories.submit(people)
    follow(client, case)
    assert "待审" not in add(client, note="再不修就堵 路")
    case.refresh_from_db()
    assert case.held_words == "堵路"


def test_ten_additions_a_day_are_enough(client, people):
    follow(client, factories.submit(people))
    for number in range(10):
        assert "已补充" in add(client, note=f"第 {number} 次")
    assert "请明天再来" in add(client, note="还有")


ID_NUMBER = "11010519491231002X"


def test_photos_picked_for_an_addition_that_is_refused_need_no_second_picking(client, people):
    case = factories.submit(people)
    follow(client, case)
    page = add(client, note=f"我的身份证 {ID_NUMBER}", photos=[picture(), picture()])
    assert "不登记身份证号" in page and page.count("data:image/jpeg") == 2 and not case.attachments.exists()
    assert client.get(reverse("portal:case")).content.decode().count("data:image/jpeg") == 2  # reopened: still there
    photo = DraftPhoto.objects.first()
    assert "已补充" in add(client, note="昨天又漫水了", remove=[photo.pk], photos=[picture()])
    names = [file.name for file in case.attachments.filter(step="supplement").order_by("pk")]
    assert names == ["补充照片1.jpg", "补充照片2.jpg"]
    assert not Draft.objects.exists() and "data:image/jpeg" not in client.get(reverse("portal:case")).content.decode()


def test_photos_that_were_kept_are_enough_without_words(client, people):
    case = factories.submit(people)
    follow(client, case)
    add(client, photos=[picture(), SimpleUploadedFile("坏的.jpg", b"no picture", "image/jpeg")])
    assert not case.attachments.exists()
    assert "已补充" in add(client)
    assert case.attachments.get().name == "补充照片1.jpg"


def test_photos_of_one_case_are_not_added_to_another(client, people):
    first, second = factories.submit(people), factories.submit(people)
    follow(client, first)
    add(client, note=ID_NUMBER, photos=[picture()])
    assert "data:image/jpeg" not in follow(client, second)
    add(client, note="昨天又漫水了")
    assert not second.attachments.exists()


def test_a_lent_phone_keeps_no_photo_of_an_addition(client, people):
    follow(client, factories.submit(people))
    add(client, note=ID_NUMBER, photos=[picture()])
    client.post(reverse("portal:leave"))
    assert not Draft.objects.exists() and not DraftPhoto.objects.exists()


def test_what_cannot_be_added_to_keeps_no_photo(client, people):
    follow(client, factories.case_in(people, State.CLOSED))
    add(client, note="昨天又漫水了", photos=[picture()])
    assert not Draft.objects.exists()
