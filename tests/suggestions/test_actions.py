"""What holds for every action: scope, seat, state, stale pages, and a form that keeps what was typed."""

import pytest
from django.urls import NoReverseMatch, reverse

from suggestions import workflow
from suggestions.choices import State
from suggestions.transitions import TRANSITIONS, Who, open_to
from suggestions.urls import urlpatterns
from tests import factories
from tests.suggestions.acts import again, events, fresh, press, said, show

pytestmark = pytest.mark.django_db

# What is the voter's alone is done on the public pages.
ACTIONS = [action for action, row in TRANSITIONS.items() if row.who != (Who.VOTER,)]
SEATS = ("hub_staff", "town_staff", "clerk", "second_clerk", "deputy_user")


@pytest.fixture
def people():
    return factories.cast()


def test_every_action_of_the_table_has_its_page():
    named = {pattern.name for pattern in urlpatterns}
    assert set(ACTIONS) <= named


@pytest.mark.parametrize("action", ["fly", "withdraw", "../assign", "submit"])
def test_an_unknown_action_is_not_found(client, people, action):
    case = factories.case_in(people, State.REGISTERED)
    client.force_login(people.town_staff)
    assert client.post(f"/cases/{case.pk}/{action}/", {"version": case.version}).status_code == 404
    assert fresh(case).version == case.version


@pytest.mark.parametrize("state", State.values)
def test_every_button_of_the_page_opens_its_form(client, people, state):
    case = factories.case_in(people, state)
    for seat in SEATS:
        person = again(getattr(people, seat))
        for row in open_to(person, case):
            page = show(client, person, row.action, case)
            assert page.status_code == 200, (seat, row.action)
            assert f'name="version" value="{case.version}"' in page.text


@pytest.mark.parametrize("action", ACTIONS)
def test_a_case_of_another_county_is_not_found(client, people, action):
    outsider = factories.other_cast().hub_staff
    case = factories.case_in(people, State.REGISTERED)
    assert show(client, outsider, action, case).status_code == 404
    assert press(client, outsider, action, case).status_code == 404
    assert fresh(case).version == case.version


@pytest.mark.parametrize("action", ACTIONS)
def test_a_case_that_does_not_exist_is_not_found(client, people, action):
    client.force_login(people.hub_staff)
    assert client.get(reverse(f"suggestions:{action}", args=[987654])).status_code == 404


@pytest.mark.parametrize(
    ("state", "action", "seat"),
    [
        (State.REGISTERED, "assign", "deputy_user"),
        (State.REGISTERED, "merge", "deputy_user"),
        (State.ASSIGNED, "take", "second_clerk"),
        (State.ASSIGNED, "take", "town_staff"),
        (State.HANDLING, "report", "deputy_user"),
        (State.HANDLING, "decide_extension", "clerk"),
        (State.REPORTED, "hand_over", "clerk"),
        (State.HANDED_OVER, "reply", "clerk"),
        (State.REPLIED, "rate", "deputy_user"),
        (State.HANDLING, "supervise", "town_staff"),
        (State.ASSESSING, "assess", "town_staff"),
    ],
)
def test_who_may_see_but_not_do_is_refused(client, people, state, action, seat):
    case = factories.case_in(people, state)
    person = getattr(people, seat)
    assert show(client, person, action, case).status_code == 403
    assert press(client, person, action, case).status_code == 403
    assert fresh(case).version == case.version


@pytest.mark.parametrize("action", ["assign", "escalate", "merge", "answer"])
def test_the_wrong_moment_is_said_in_words(client, people, action):
    case = factories.case_in(people, State.HANDLING)
    page = show(client, people.town_staff, action, case)
    assert page.status_code == 200
    assert "现在是“办理中”" in page.text
    assert '<form method="post" class="sheet act"' not in page.text


def test_a_stale_page_says_who_did_what_meanwhile_and_keeps_the_text(client, people):
    case = factories.case_in(people, State.REGISTERED)
    opened = case.version
    workflow.remark(case.pk, note="已电话联系来访人。", by=people.hub_staff)
    page = press(client, people.town_staff, "escalate", case, version=opened, opinion="本级没有权限，请县里研究。")
    assert page.status_code == 200
    assert "您打开页面以后" in page.text
    assert "已电话联系来访人。" in page.text
    assert "BA-hub_staff" in page.text
    assert "本级没有权限，请县里研究。" in page.text
    assert fresh(case).desk == people.town


def test_after_reading_the_news_the_same_form_goes_through(client, people):
    case = factories.case_in(people, State.REGISTERED)
    opened = case.version
    workflow.remark(case.pk, note="已电话联系来访人。", by=people.hub_staff)
    page = press(client, people.town_staff, "escalate", case, version=opened, opinion="请县里研究。")
    shown = page.context["version"]
    press(client, people.town_staff, "escalate", case, version=shown, opinion="请县里研究。")
    assert fresh(case).desk == people.hub


def test_a_stale_page_of_a_case_that_has_moved_on_cannot_be_sent(client, people):
    case = factories.case_in(people, State.REGISTERED)
    opened = case.version
    workflow.assign(case.pk, lead=people.town_department, by=people.hub_staff)
    page = press(client, people.town_staff, "escalate", case, version=opened, opinion="请县里研究。")
    assert "现在是“已交办”" in page.text
    assert "请县里研究。" in page.text
    assert "上报</button>" not in page.text
    assert fresh(case).state == State.ASSIGNED


def test_who_lost_the_case_meanwhile_reads_why(client, people):
    case = factories.case_in(people, State.ASSIGNED)
    opened = case.version
    workflow.object_(case.pk, reason="不属于本单位职责。", by=people.clerk)
    page = press(client, again(people.clerk), "take", case, version=opened)
    assert page.status_code == 200
    assert "不属于本单位职责。" in page.text
    assert fresh(case).state == State.REGISTERED


@pytest.mark.parametrize("version", ["", "x", "-1", "１", "9" * 30])
def test_a_form_without_its_version_does_nothing(client, people, version):
    case = factories.case_in(people, State.ASSIGNED)
    page = press(client, people.clerk, "take", case, version=version)
    assert "这个页面已经过期" in page.text
    assert fresh(case).state == State.ASSIGNED


def test_a_wrong_form_keeps_the_version_it_was_opened_with(client, people):
    case = factories.case_in(people, State.REGISTERED)
    page = press(client, people.town_staff, "escalate", case, opinion="")
    assert page.context["version"] == case.version
    assert page.context["news"] == []


def test_a_look_at_personal_data_makes_no_page_stale(client, people):
    case = factories.case_in(people, State.ASSIGNED)
    opened = case.version
    press(client, people.clerk, "contact", case)
    assert press(client, people.clerk, "take", case, version=opened).status_code == 302


def test_the_second_press_of_a_button_does_not_act_twice(client, people):
    case = factories.case_in(people, State.ASSIGNED)
    opened = case.version
    press(client, people.clerk, "take", case, version=opened)
    page = press(client, people.clerk, "take", case, version=opened)
    assert "不能“签收”" in page.text
    assert events(case).count("take") == 1


def test_the_way_on_leads_only_to_this_site(client, people):
    case = factories.case_in(people, State.ASSIGNED)
    for there in ("https://evil.example/", "//evil.example/", "javascript:alert(1)"):
        press(client, people.clerk, "remark", case, note="记一笔", next=there)
        answer = press(client, people.clerk, "remark", case, note="再记一笔", next=there)
        assert answer.url == reverse("suggestions:case", args=[case.pk])
    assert (
        press(client, people.clerk, "remark", case, note="又记一笔", next="/triage/?after=3").url == "/triage/?after=3"
    )


def test_the_way_back_leads_only_to_this_site(client, people):
    case = factories.case_in(people, State.HANDLING)
    for there in ("https://evil.example/", "/\\evil.example/", "javascript:alert(1)"):
        assert "evil" not in show(client, people.clerk, "report", case, next=there).text
    assert 'href="/triage/?after=3">取消' in show(client, people.clerk, "report", case, next="/triage/?after=3").text


def test_after_one_s_own_part_one_comes_to_what_waits_next(client, people):
    case = factories.case_in(people, State.HANDLING)
    answer = press(client, people.clerk, "report", case, result_kind="solved", text="修好了。")
    try:
        assert answer.url == reverse("suggestions:my_work")
    except NoReverseMatch:
        assert answer.url == reverse("suggestions:case", args=[case.pk])


def test_the_message_says_whose_turn_it_is(client, people):
    case = factories.case_in(people, State.REGISTERED)
    due = (fresh(case).due_on).isoformat()
    answer = press(client, people.town_staff, "assign", case, lead=people.town_department.pk, due_on=due)
    assert "已交办给村镇建设中心" in said(answer)
    assert "等村镇建设中心签收" in said(answer)


@pytest.mark.parametrize("number", ["410822199003078888", "41082219900307888X", "４１０８２２１９９００３０７８８８Ｘ"])
@pytest.mark.parametrize(
    ("state", "action", "seat", "field", "more"),
    [
        (State.REGISTERED, "escalate", "town_staff", "opinion", {}),
        (State.HANDLING, "report", "clerk", "text", {"result_kind": "solved"}),
        (State.HANDLING, "remark", "clerk", "note", {}),
        (State.HANDED_OVER, "reply", "deputy_user", "text", {}),
    ],
)
def test_an_id_number_is_refused_wherever_it_is_typed(client, people, state, action, seat, field, more, number):
    case = factories.case_in(people, state)
    page = press(client, getattr(people, seat), action, case, **{field: f"联系人证号{number}，请核实", **more})
    assert "不登记身份证号" in page.text
    assert fresh(case).version == case.version


def test_a_text_of_8000_characters_is_taken_and_one_more_is_explained(client, people):
    case = factories.case_in(people, State.HANDLING)
    lines = "\r\n".join(["修" * 99] * 80)  # browsers send two characters for one line's end
    page = press(client, people.clerk, "report", case, result_kind="solved", text=lines + "路灯")
    assert "最多 8000 字，现在是 8001 字" in page.text
    assert "路灯</textarea>" in page.text
    assert fresh(case).state == State.HANDLING
    press(client, people.clerk, "report", case, result_kind="solved", text=lines + "路")
    assert len(fresh(case).result) == 8000


def test_emoji_survive(client, people):
    case = factories.case_in(people, State.HANDED_OVER)
    press(client, people.deputy_user, "reply", case, text="修好了👨‍👩‍👧‍👦🎉，请放心。")
    assert fresh(case).reply == "修好了👨‍👩‍👧‍👦🎉，请放心。"
