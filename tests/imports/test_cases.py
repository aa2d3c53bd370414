"""Past cases out of a table: settled, marked as history, in the figures of their own years, proven by their chains."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.urls import reverse

from history.models import Event
from imports import changes, undoing
from imports.kinds import KINDS
from imports.rows import NEW, REFUSED, SAME
from suggestions.choices import ResultKind, Satisfaction, State
from suggestions.models import Assignment, Rating, Suggestion, Voter
from tests import factories
from tests.imports.files import xlsx

HEADINGS = (
    "原编号",
    "反映日期",
    "来源站点",
    "标题",
    "接待代表",
    "选民姓名",
    "联系电话",
    "承办单位",
    "交办时间",
    "办理结果",
    "答复时间",
    "答复内容",
    "满意度",
    "状态",
)
TOWN = "博爱县甲镇联络站"
FULL = (
    "2023-7",
    "2023.5.15",
    TOWN,
    "路灯不亮",
    "张为民",
    "赵小满",
    13800001234.0,
    "村镇建设中心",
    "2023-05-16",
    "已解决",
    "2023-06-01",
    "换了灯头。",
    "满意",
    "",
)


def row(**changed):
    return tuple({**dict(zip(HEADINGS, FULL, strict=True)), **changed}[heading] for heading in HEADINGS)


def upload(people, *rows):
    content = xlsx([HEADINGS, *rows])
    return changes.upload(KINDS["cases"], people.hub, actor=people.hub_staff, name="历史.xlsx", content=content)


def why(one, number=2):
    (found,) = [found for found in changes.preview(one).rows if found["number"] == number]
    return " ".join(f"{heading}：{why}" for heading, why, _ in found["troubles"])


def test_a_past_case_is_stored_as_it_ended(people, as_user):
    factories.register(people)  # this year's series is another one
    one = changes.confirm(upload(people, row()).pk, actor=people.hub_staff)
    assert one.counts[NEW] == 1
    case = Suggestion.objects.get(old_number="2023-7")
    assert (case.number, case.state, case.result_kind) == ("BA2023-00001", State.CLOSED, ResultKind.SOLVED)
    assert (case.happened_on, case.created_at.date(), case.replied_at.date()) == (
        dt.date(2023, 5, 15),
        dt.date(2023, 5, 15),
        dt.date(2023, 6, 1),
    )
    assert (case.deputy, case.lead, case.reply, case.due_on) == (
        people.deputy,
        people.town_department,
        "换了灯头。",
        None,
    )
    assert Voter.objects.get(suggestion=case).phone == "13800001234"
    assert Assignment.objects.get(suggestion=case).state == "reported"
    assert Rating.objects.get(suggestion=case).satisfaction == Satisfaction.SATISFIED
    call_command("verify_events")
    page = as_user(people.town_staff).get(reverse("suggestions:case", args=[case.pk])).content.decode()
    assert "历史件，原编号 2023-7" in page and "导入历史件" in page
    found = as_user(people.town_staff).get(reverse("suggestions:ledger"), {"q": "路灯不亮"}).content.decode()
    assert case.number in found


def test_the_same_table_again_makes_nothing(people):
    other = row(原编号="", 标题="水渠淤塞")
    changes.confirm(upload(people, row(), other).pk, actor=people.hub_staff)
    assert upload(people, row(), other).counts[SAME] == 2
    assert "和第 2 行重复" in why(upload(people, row(), row()), 3)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"办理结果": ""}, "已归档的要有"),
        ({"答复内容": ""}, "至少填一项"),
        ({"答复时间": "2023-05-01"}, "回复日期：早于交办日期"),
        ({"反映日期": "2099-05-01"}, "早于反映日期"),
        ({"接待代表": "没有人"}, "没有代表没有人"),
        ({"承办单位": "没有局"}, "没有这个单位"),
        ({"状态": "办理中"}, "只能是：已归档、不予受理、已撤回"),
        ({"状态": "不予受理"}, "不予受理原因：没有填写"),
        ({"来源站点": "禹州市甲镇联络站"}, "禹州市的站点"),
    ],
)
def test_what_cannot_be_history(people, strangers, changed, reason):
    one = upload(people, row(**changed))
    assert one.counts[REFUSED] == 1 and reason in why(one)


def test_undo_leaves_the_chain_that_says_so(people):
    one = changes.confirm(upload(people, row()).pk, actor=people.hub_staff)
    pk = Suggestion.objects.get().pk
    undoing.undo(one.pk, actor=people.hub_staff)
    assert not any(model.objects.exists() for model in (Suggestion, Voter, Assignment, Rating))
    assert list(Event.objects.filter(chain=f"case:{pk}").values_list("action", flat=True)) == [
        "import_past",
        "undo_past",
    ]
    call_command("verify_events")


def test_undo_is_refused_once_somebody_worked_with_a_case(people, as_user):
    one = changes.confirm(upload(people, row()).pk, actor=people.hub_staff)
    case = Suggestion.objects.get()
    as_user(people.hub_staff).post(reverse("suggestions:contact", args=[case.pk]))
    with pytest.raises(ValidationError, match="意见建议）的资料改过"):
        undoing.undo(one.pk, actor=people.hub_staff)


def test_five_hundred_cost_no_more_queries_than_five(people, django_assert_max_num_queries):
    with django_assert_max_num_queries(110):
        rows = [row(原编号=f"n{number}") for number in range(500)]
        changes.confirm(upload(people, *rows).pk, actor=people.hub_staff)
    call_command("verify_events")


def test_several_voters_are_matched_with_their_numbers_and_several_departments_help(people):
    one = upload(people, row(选民姓名="赵小满、钱二", 联系电话="13800001234、13800005678"))
    changes.confirm(one.pk, actor=people.hub_staff)
    found = (
        Voter.objects.order_by("pk").values_list("name", flat=True),
        [one.phone for one in Voter.objects.order_by("pk")],
    )
    assert (list(found[0]), found[1]) == (["赵小满", "钱二"], ["13800001234", "13800005678"])
    for changed in ({"选民姓名": "赵小满、钱二"}, {"联系电话": "13800001234、13800005678"}):
        (refused,) = changes.preview(upload(people, row(原编号="x", **changed))).of(REFUSED)
        assert "看不出是谁的" in refused["troubles"][0][1]


def test_a_department_is_named_once(people):
    content = xlsx([(*HEADINGS, "协办单位"), (*row(), "村镇建设中心")])
    one = changes.upload(KINDS["cases"], people.hub, actor=people.hub_staff, name="历史.xlsx", content=content)
    (refused,) = changes.preview(one).of(REFUSED)
    assert "也是主办单位" in refused["troubles"][0][1]


def test_a_column_of_kinds_beside_one_of_fields(people):
    heads = (*HEADINGS, "类别")
    for more, (kind, field) in ((("领域",), ("motion", "construction")), ((), ("opinion", "construction"))):
        cells = ("议案", "城乡建设") if more else ("城乡建设",)
        content = xlsx([(*heads, *more), (*row(原编号=f"k{len(more)}"), *cells)])
        one = changes.upload(KINDS["cases"], people.hub, actor=people.hub_staff, name="历史.xlsx", content=content)
        changes.confirm(one.pk, actor=people.hub_staff)
        case = Suggestion.objects.latest("pk")
        assert (case.kind, case.field) == (kind, field)
