"""How departments answer: each rate with its numbers; the page and the export."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from consultations import whistle_figures, whistling
from consultations.models import Call, CallState, Whistle
from suggestions.figures import FEW
from tests.consultations.factories import call, whistle

pytestmark = pytest.mark.django_db
PAGE = reverse("consultations:whistle_figures")


def tally(**wanted):
    found = whistle_figures.total(Call.objects.all())
    return {name: getattr(found, name) for name in ("called", "due", "in_time")}


def late(one):
    Call.objects.filter(pk=one.pk).update(due_at=timezone.now() - dt.timedelta(hours=1))


@pytest.mark.parametrize(
    ("state", "after_limit", "due", "in_time"),
    [
        ("called", False, 0, 0),  # time is left
        ("called", True, 1, 0),
        ("here", False, 1, 1),
        ("refused", True, 0, 0),  # not decided yet
        ("excused", True, 0, 0),
        ("withdrawn", False, 0, 0),
    ],
)
def test_whose_answer_was_owed_and_came_in_time(people, state, after_limit, due, in_time):
    one = call(people, state)
    if after_limit:
        late(one)
    assert tally() == {"called": 1, "due": due, "in_time": in_time}


def test_who_came_late_answered_late(people):
    one = call(people)
    late(one)
    whistling.check_in(one.pk, by=people.clerk, who="李建")
    assert tally() == {"called": 1, "due": 1, "in_time": 0}


def test_giving_up_after_the_limit_does_not_wash_it_off(people):
    one = call(people)
    late(one)
    whistling.withdraw(one.pk, by=people.town_staff, text="等不来，自己解决了")
    assert tally() == {"called": 1, "due": 1, "in_time": 0}


def test_what_both_sides_said_is_counted(people):
    one = call(people, "done")
    whistling.rate(one.pk, by=people.town_staff, response="slow", solved="partly", content="basically")
    whistling.judge(one.pk, by=people.clerk, justified="yes")
    found = whistle_figures.total(Call.objects.all())
    assert (found.rated, found.solved, found.content, found.judged, found.justified) == (1, 0, 1, 1, 1)


def _many(people, number):
    """As many calls of the clerk's department, worked off and rated; the last one not solved."""
    now = timezone.now()
    for one in range(number):
        blown = Whistle.objects.create(
            station=people.town, ground="joint", title=f"第{one}件", matter="事", place="村口"
        )
        Call.objects.create(
            whistle=blown,
            department=people.town_department,
            state=CallState.DONE,
            due_at=now,
            came_at=now,
            finish_on=now,
            done_at=now,
            response="prompt",
            solved="yes" if one else "no",
            content="satisfied",
            rated_at=now,
        )


def test_few_give_no_percentage_and_enough_do(people, as_user):
    _many(people, FEW - 1)
    client = as_user(people.town_staff)
    few = client.get(PAGE).text
    assert "9 次中 8 次 *" in few and "88.9%" not in few
    _many(people, 1)
    assert "<strong>80%</strong>" in client.get(PAGE).text


def test_everybody_sees_the_figures_of_what_everybody_sees(people, strangers, as_user):
    whistle(people, people.town_department, people.county_department)
    called = {}
    for seat in ("hub_staff", "town_staff", "other_town_staff", "point_staff", "clerk", "county_clerk"):
        page = as_user(getattr(people, seat)).get(PAGE)
        called[seat] = [(one.name, found.called) for one, found in page.context["departments"]]
    both = [("住房和城乡建设局", 1), ("村镇建设中心", 1)]
    mine = {"clerk": both[1:], "county_clerk": both[:1], "other_town_staff": [], "point_staff": []}
    assert called == {"hub_staff": both, "town_staff": both} | mine
    assert as_user(strangers.hub_staff).get(PAGE).context["total"].called == 0
    assert as_user(people.deputy_user).get(PAGE).status_code == 403


def test_a_year_is_that_of_the_whistle(people, as_user):
    one = whistle(people)
    Whistle.objects.filter(pk=one.pk).update(blown_at=one.blown_at.replace(year=one.blown_at.year - 1, day=1))
    client, this = as_user(people.town_staff), timezone.localdate().year
    assert client.get(PAGE).context["total"].called == 0
    page = client.get(f"{PAGE}?year={this - 1}")
    assert page.context["total"].called == 1 and page.context["years"] == [this, this - 1]
    assert page.context["grounds"][1] == ("需要部门联合执法", 1)
    assert client.get(f"{PAGE}?year=x").context["year"] == this


def _rows(client, query=""):
    answer = client.get(f"/reports/exports/whistles/{query}")
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    heads = [cell.value for cell in sheet[3]]
    return [dict(zip(heads, row, strict=True)) for row in sheet.iter_rows(min_row=4, values_only=True)]


def test_the_export_has_a_row_for_each_department_one_sees(people, as_user):
    one = call(people, "done")
    whistling.rate(one.pk, by=people.town_staff, response="prompt", solved="yes", content="satisfied")
    whistle(people, people.town_department, people.county_department, title="另一件")
    rows = _rows(as_user(people.town_staff))
    assert [(row["事项"], row["单位"], row["状态"]) for row in rows] == [
        ("主街污水管塌陷", "村镇建设中心", "已办结"),
        ("另一件", "村镇建设中心", "待报到"),
        ("另一件", "住房和城乡建设局", "待报到"),
    ]
    assert (rows[0]["是否按时报到"], rows[0]["满意评价"], rows[1]["满意评价"]) == ("按时", "满意", None)
    assert {row["单位"] for row in _rows(as_user(people.county_clerk))} == {"住房和城乡建设局"}
    assert _rows(as_user(people.town_staff), "?since=2020-01-01&until=2020-12-31") == []
