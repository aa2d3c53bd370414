import datetime as dt
import threading
from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from history import log
from portal import tasks
from portal.held_words import save_words
from portal.limiting import WECHAT_CASES, WECHAT_MESSAGES
from portal.models import WechatDialogue, WechatMessage, WechatPerson, WechatPicture
from portal.wechat import places
from portal.wechat.dialogue import EXPIRES
from portal.wechat.standing import asked_for
from suggestions.choices import Channel, State
from suggestions.models import Suggestion, Voter
from tests import factories
from tests.portal.wechat_platform import Platform, account_of, number_and_code

pytestmark = pytest.mark.django_db
STORY = "村口到学校的三盏路灯坏了半个月。晚上孩子放学看不清路。"


@pytest.fixture
def people(db):
    cache.clear()
    return factories.cast()


@pytest.fixture
def platform(people):
    return Platform(account_of(people))


def through(platform, *texts):
    """Say all of it; what the last was answered."""
    return [platform.say(text) for text in texts][-1]


def test_whoever_subscribes_is_told_the_three_things_one_can_do(platform):
    said = platform.happen("subscribe")
    assert "1. 反映问题" in said and "2. 查进度" in said and "3. 找联络站" in said


@pytest.mark.parametrize("text", ["你好", "？", "1", "在吗", "帮助"])
def test_a_word_that_says_nothing_gets_the_greeting_and_makes_nothing(platform, text):
    assert "反映问题" in platform.say(text)
    assert not WechatDialogue.objects.exists()


def test_from_the_first_word_to_number_and_code(platform, people):
    assert "是哪里的事" in platform.say(STORY)
    assert "哪个村" in platform.say("甲镇")
    assert "联系电话" in platform.say("甲村")
    look = platform.say("１３８ 0000 1234")
    assert STORY in look and "138****1234" in look and "加密保存" in look and "要求删除" in look
    number, code = number_and_code(platform.say("提交"))
    case = Suggestion.objects.get(number=number)
    assert (case.state, case.channel, case.station) == (State.SUBMITTED, Channel.WECHAT, people.point)
    assert case.title == "村口到学校的三盏路灯坏了半个月" and case.content == STORY
    assert code.replace("-", "") == case.query_code
    assert Voter.objects.get(suggestion=case).phone == "13800001234"
    assert not WechatDialogue.objects.exists()
    assert not list(log.broken_links(case.chain))


def test_the_receipt_says_by_when(platform):
    said = through(platform, STORY, "乙镇", "跳过", "1")
    due = Suggestion.objects.get().due_on
    assert f"{due.month}月{due.day}日前" in said


def test_without_a_telephone_nothing_of_the_person_is_kept(platform):
    through(platform, STORY, "乙镇", "跳过", "1")
    assert Suggestion.objects.get() and not Voter.objects.exists()


def test_the_place_is_remembered_for_the_next_time(platform, people):
    through(platform, STORY, "乙镇", "跳过", "1")
    assert f"是{people.other_town.name}那里的事吗" in platform.say("桥头的井盖丢了一个")
    assert "联系电话" in platform.say("是")
    through(platform, "跳过", "1")
    assert Suggestion.objects.filter(station=people.other_town).count() == 2


def test_another_place_may_be_said_the_next_time(platform, people):
    through(platform, STORY, "乙镇", "跳过", "1")
    through(platform, "桥头的井盖丢了一个", "甲村", "跳过", "1")
    assert Suggestion.objects.filter(station=people.point).count() == 1


def test_places_are_chosen_by_number_and_a_township_as_a_whole_too(platform, people):
    said = platform.say(STORY)
    assert "1 甲镇" in said and "2 乙镇" in said
    assert "1 甲镇（不分村）" in platform.say("１")
    through(platform, "1", "跳过", "1")
    assert Suggestion.objects.get().station == people.town


def test_a_number_or_a_name_that_is_not_there_asks_again(platform):
    platform.say(STORY)
    assert "没有找到“99”" in platform.say("99")
    said = platform.say("丙村")
    assert "没有找到“丙村”" in said and "1 甲镇" in said


@pytest.mark.parametrize("words", ["甲村", "甲镇甲村", "在甲镇甲村那边", "jc"])
def test_a_place_is_found_as_people_write_it(people, words):
    assert places.find(people.county, words) == [people.point]


def test_a_name_that_means_several_is_asked_which(platform, people):
    said = through(platform, STORY, "镇")
    assert "哪一个" in said and "1 博爱县甲镇联络站" in said
    through(platform, "2", "跳过", "1")
    assert Suggestion.objects.get().station == people.other_town


def test_a_place_of_another_county_is_not_found(platform):
    there = factories.other_cast().point
    there.name = "神垕村联络点"
    there.save()
    assert "没有找到" in through(platform, STORY, "神垕村")


def test_a_wrong_telephone_is_said_so_and_asked_again(platform):
    said = through(platform, STORY, "乙镇", "138")
    assert "电话号码不对" in said and "跳过" in said
    assert "请核对" in platform.say("0391-8681234")


def test_what_answers_no_question_is_more_of_the_story(platform):
    through(platform, STORY, "夜里还有老人在那里摔倒过，请快一点修")
    through(platform, "乙镇", "昨天又有一个骑车的摔了，大家都很着急", "跳过")
    assert "已补充" in platform.say("另外广场的灯也坏了两盏")
    platform.say("1")
    assert Suggestion.objects.get().content.count("\n") == 3


@pytest.mark.parametrize("word", ["重来", "撤销", " 取消。"])
def test_one_may_begin_again_at_any_point(platform, word):
    through(platform, STORY, "乙镇", "跳过")
    assert "都不要了" in platform.say(word)
    assert not WechatDialogue.objects.exists() and not Suggestion.objects.exists()


def test_a_dialogue_half_done_is_forgotten_after_a_day(platform):
    through(platform, STORY, "乙镇")
    WechatDialogue.objects.update(changed_at=timezone.now() - EXPIRES)
    assert "反映问题" in platform.say("跳过")  # too short to begin with: the greeting, not the next question
    assert not WechatDialogue.objects.exists()


def test_the_clock_forgets_dialogues_answers_and_people(platform):
    through(platform, STORY, "乙镇")
    old = timezone.now() - EXPIRES
    WechatDialogue.objects.update(changed_at=old)
    WechatMessage.objects.update(received_at=old)
    tasks.forget_wechat()
    assert not WechatDialogue.objects.exists() and not WechatMessage.objects.exists()
    assert WechatPerson.objects.exists()
    WechatPerson.objects.update(seen_at=timezone.now() - tasks.REMEMBERED)
    tasks.forget_wechat()
    assert not WechatPerson.objects.exists()


def test_whoever_unsubscribes_is_forgotten(platform):
    through(platform, STORY, "乙镇")
    assert platform.happen("unsubscribe") == ""
    assert not WechatPerson.objects.exists() and not WechatDialogue.objects.exists()


def test_emoji_and_line_ends_arrive_as_they_were_sent(platform):
    story = "路灯坏了😭👨‍👩‍👧\r\n请快修🙏🏽"
    through(platform, story, "乙镇", "跳过", "1")
    case = Suggestion.objects.get()
    assert case.content == "路灯坏了😭👨‍👩‍👧\n请快修🙏🏽" and case.title == "路灯坏了😭👨‍👩‍👧"


def test_eight_thousand_characters_are_taken_and_one_more_is_said_to_be_too_many(platform):
    assert "太长了" in platform.say("水" * 8001)
    assert not WechatDialogue.objects.exists()
    look = through(platform, "水" * 8000, "乙镇", "跳过")
    assert "共 8000 字" in look
    assert "太长了" in platform.say("再补充一句话")
    platform.say("1")
    assert len(Suggestion.objects.get().content) == 8000


def test_an_identity_number_is_refused_and_not_kept(platform):
    assert "身份证号" in platform.say("我叫张三，身份证 410822199001011234，路灯坏了")
    assert not WechatDialogue.objects.exists()
    through(platform, STORY, "乙镇")
    assert "身份证号" in platform.say("410822199001011234")


@pytest.mark.parametrize("kind", ["voice", "video", "location", "link"])
def test_what_is_neither_text_nor_picture_is_said_so(platform, kind):
    assert "只认得文字和照片" in platform.text_of(platform.send(platform.xml(MsgType=kind)))
    platform.say(STORY)
    assert "是哪" in platform.text_of(platform.send(platform.xml(MsgType=kind)))


def test_a_picture_comes_before_or_in_between_and_waits_for_its_case(platform):
    assert "第 1 张" in platform.show("media-1") and WechatDialogue.objects.get().stage == "content"
    platform.say(STORY)
    assert "第 2 张" in platform.show("media-2")
    look = through(platform, "乙镇", "跳过")
    assert "照片：2 张" in look
    assert not WechatPicture.objects.filter(next_try_at__isnull=False).exists()
    platform.say("1")
    case = Suggestion.objects.get()
    assert set(WechatPicture.objects.filter(case=case).values_list("media_id", flat=True)) == {"media-1", "media-2"}


def test_the_sixth_picture_is_not_taken(platform):
    for number in range(5):
        platform.show(f"media-{number}")
    assert "最多 5 张" in platform.show("media-5")
    assert WechatPicture.objects.count() == 5


def test_a_station_that_was_closed_meanwhile_is_asked_for_again(platform, people):
    through(platform, STORY, "乙镇", "跳过")
    people.other_town.is_active = False
    people.other_town.save()
    assert "已停用" in platform.say("1") and not Suggestion.objects.exists()
    through(platform, "甲村", "跳过", "1")
    assert Suggestion.objects.get().station == people.point


# --- once, whatever comes twice -----------------------------------------------------------


def test_the_platform_s_second_try_gets_the_same_answer_and_makes_no_second_case(platform):
    through(platform, STORY, "乙镇", "跳过")
    xml = platform.xml(MsgType="text", Content="1")
    first = platform.text_of(platform.send(xml))
    assert platform.text_of(platform.send(xml)) == first == platform.text_of(platform.send(xml))
    assert Suggestion.objects.count() == 1


def test_an_event_has_no_number_and_is_known_by_sender_and_time(platform):
    xml = platform.xml(MsgType="event", Event="subscribe", MsgId="")
    assert platform.text_of(platform.send(xml)) == platform.text_of(platform.send(xml))
    assert WechatMessage.objects.count() == 1


def test_the_same_number_of_another_person_s_message_is_that_person_s_own(platform):
    """MsgIds are the platform's and unique; the answer, which holds a query code, goes to whoever has written."""
    through(platform, STORY, "乙镇", "跳过", "1")
    other = Platform(platform.account, openid="oOther")
    assert "反映问题" in other.say("你好")
    assert WechatPerson.objects.count() == 2


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_the_same_message_twice_at_once_makes_one_case_and_one_answer(platform):
    through(platform, STORY, "乙镇", "跳过")
    xml, answers, start = platform.xml(MsgType="text", Content="1"), [], threading.Barrier(4)

    def deliver():
        try:
            start.wait()
            answers.append(platform.text_of(Platform(platform.account).send(xml)))
        finally:
            connection.close()

    threads = [threading.Thread(target=deliver) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 4 and len(set(answers)) == 1 and "查询码" in answers[0]
    assert Suggestion.objects.count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_the_first_message_of_somebody_twice_at_once_makes_one_person(platform):
    xml, answers, start = platform.xml(MsgType="text", Content=STORY), [], threading.Barrier(4)

    def deliver():
        try:
            start.wait()
            answers.append(platform.text_of(Platform(platform.account).send(xml)))
        finally:
            connection.close()

    threads = [threading.Thread(target=deliver) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 4 and len(set(answers)) == 1
    assert WechatPerson.objects.count() == WechatDialogue.objects.count() == WechatMessage.objects.count() == 1


# --- how it stands ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "shape",
    ["{number} {code}", "{number}{code}", "编号{number}，查询码{code}", "{number}\n{code} 办得怎么样了？"],
)
def test_number_and_code_say_where_it_stands_in_the_words_of_the_page(platform, people, shape):
    case = factories.case_in(people, State.HANDLING)
    said = platform.say(shape.format(number=case.number, code=case.query_code))
    assert "承办单位正在办理" in said and f"{case.due_on:%Y年%-m月%-d日}前完成" in said


def test_full_width_and_lower_case_are_understood(platform, people):
    case = factories.case_in(people, State.SUBMITTED)
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in f"{case.number}{case.query_code}".lower())
    assert "正在决定是否受理" in platform.say(wide)


def test_the_answer_is_sent_along(platform, people):
    case = factories.case_in(people, State.REPLIED)
    said = platform.say(f"{case.number} {case.query_code}")
    assert "已修好，请您看看。" in said and "请您评价" in said and f"/query/?number={case.number}" in said


def test_a_refusal_comes_with_its_reason(platform, people):
    case = factories.case_in(people, State.REFUSED)
    assert f"原因：{case.get_refuse_reason_display()}" in platform.say(f"{case.number} {case.query_code}")


def test_a_number_without_its_code_asks_for_the_code(platform, people):
    case = factories.case_in(people, State.SUBMITTED)
    said = platform.say(case.number)
    assert "8 位查询码" in said and "正在决定" not in said


def test_wrong_codes_are_counted_like_those_of_the_page(platform, people, monkeypatch):
    case = factories.case_in(people, State.SUBMITTED)
    clock = SimpleNamespace(time=timezone.now().replace(minute=0, second=0))  # no window ends meanwhile
    monkeypatch.setattr(timezone, "now", lambda: clock.time)
    for code in ("ABCD2345", "ABCD2346", "ABC", "ABCD2347", "ABCD2348", "ABCD2349"):
        assert "编号或查询码不对" in platform.say(f"{case.number} {code}")
        clock.time += dt.timedelta(seconds=61)
    assert "14 分钟后再试" in platform.say(f"{case.number} {case.query_code}")
    other = Platform(platform.account, openid="oOther")
    assert "14 分钟后再试" in other.say(f"{case.number} {case.query_code}")


def test_a_message_with_a_word_of_the_list_is_taken_and_marked_for_whoever_sorts_it(platform, people):
    save_words(people.county, ["三盏 路灯"], actor=people.hub_staff)
    through(platform, STORY, "乙镇", "跳过", "1")
    assert Suggestion.objects.get().held_words == "三盏 路灯"


def test_asking_does_not_disturb_a_dialogue(platform, people):
    case = factories.case_in(people, State.SUBMITTED)
    through(platform, STORY, "乙镇")
    platform.say(f"{case.number} {case.query_code}")
    assert "请核对" in platform.say("跳过")


@pytest.mark.parametrize("text", ["村口路灯坏了", "13800001234", "2026年3月路灯坏了", "电话13800001234，路灯坏了"])
def test_a_story_is_no_question(text):
    assert asked_for(text) is None


# --- allowances ---------------------------------------------------------------------------


def test_one_person_may_send_so_many_messages_an_hour(platform):
    for _ in range(WECHAT_MESSAGES.most):
        platform.say("你好")
    assert "太快了" in platform.say(STORY)
    assert "反映问题" in Platform(platform.account, openid="oOther").say("你好")


def test_one_person_may_leave_so_many_cases_a_day(platform):
    through(platform, STORY, "乙镇", "跳过")
    person = WechatPerson.objects.get()
    for _ in range(WECHAT_CASES.most):
        WECHAT_CASES.count(f"wechat:{person.openid_index}")
    assert "明天再提交" in platform.say("1")
    assert not Suggestion.objects.exists() and WechatDialogue.objects.exists()
