"""Every ledger besides cases and deputies: its rows, its seats, its masks; and several in one workbook."""

import datetime as dt
import io

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from deputies.models import Deputy
from history.models import Event
from receptions.models import OfficerSignIn
from stations.models import Department, Kind, Station
from tests import factories


def book(client, address):
    answer = client.get(address)
    assert answer.status_code == 200 and answer["Content-Type"].startswith("application/vnd.openxml"), answer
    return load_workbook(io.BytesIO(b"".join(answer.streaming_content)))


def rows(sheet):
    headings = [cell.value for cell in sheet[3]]
    return [dict(zip(headings, row, strict=True)) for row in sheet.iter_rows(min_row=4, values_only=True)]


def found(client, matter, query=""):
    return rows(book(client, f"/reports/exports/{matter}/{query}").active)


@pytest.fixture
def hub(people, as_user):
    return as_user(people.hub_staff)


@pytest.fixture
def day(people):
    """The deputy was there, somebody else was not; a judge helped; two cases, one answered on the spot."""
    day = factories.reception_day(people, timezone.localdate(), state="open")
    there, _ = factories.on_duty(day, people.deputy, people.other_deputy)
    there.signed_in_at, there.badge_worn = timezone.now(), True
    there.save()
    OfficerSignIn.objects.create(day=day, officer=people.officer)
    type(day).objects.filter(pk=day.pk).update(visitors=5, summary="路灯的事。")
    factories.register(people, reception_day=day)
    return day


# --- stations and departments -----------------------------------------------------------------


def test_the_tree_comes_from_the_top_with_its_parents(people, hub):
    assert [(row["类别"], row["名称"], row["上级站"]) for row in found(hub, "stations")] == [
        ("县级中心站", people.hub.name, None),
        ("乡镇（街道）联络站", people.town.name, people.hub.name),
        ("村（社区）联络点", people.point.name, people.town.name),
        ("乡镇（街道）联络站", people.other_town.name, people.hub.name),
        ("代表工作室", people.studio.name, people.hub.name),
    ]


def test_a_part_of_the_tree_is_said_so(people, hub):
    sheet = book(hub, f"/reports/exports/stations/?station={people.town.pk}").active
    assert [row["名称"] for row in rows(sheet)] == [people.town.name, people.point.name]
    assert sheet["A1"].value == "博爱县 站点台账"
    assert sheet["A2"].value.startswith(f"筛选：{people.town.name}及下级　导出时间：{timezone.localdate():%Y-%m-%d}")
    assert sheet["A2"].value.endswith(f"导出人：{people.hub_staff.name}（{people.hub.name}工作人员）")


def test_numbers_of_stations_one_does_not_work_on_are_masked(people, as_user):
    Station.objects.update(head="王站长", head_phone="13803910011", contact_phone="0391-8601234")
    by_name = {row["名称"]: row for row in found(as_user(people.town_staff), "stations")}
    own, other = by_name[people.town.name], by_name[people.other_town.name]
    assert (own["站长电话"], own["联络员电话"]) == ("13803910011", "0391-8601234")
    assert (other["站长"], other["站长电话"], other["联络员电话"]) == ("王站长", "138****0011", "039****1234")
    event = Event.objects.get(action="export")
    assert event.after == {"ledger": "stations", "rows": 5, "in_full": 2}


def test_departments_name_their_fields_and_their_station(people, hub):
    Department.objects.filter(pk=people.county_department.pk).update(fields="construction,transport", phone="8601234")
    row = next(row for row in found(hub, "departments") if row["名称"] == "住房和城乡建设局")
    assert (row["所属站"], row["主管领域"], row["电话"], row["状态"]) == (
        people.hub.name,
        "交通运输、城乡建设",
        "8601234",
        "启用",
    )
    assert len(found(hub, "departments")) == 3


def test_two_stations_of_one_name_are_told_apart(people, hub):
    east = Station.objects.create(
        county=people.county, kind=Kind.POINT, name=people.point.name, parent=people.other_town
    )
    Deputy.objects.filter(pk=people.deputy.pk).update(home_station=east)
    homes = {row["姓名"]: row["联络站"] for row in found(hub, "deputies")}
    assert homes == {"张为民": f"{people.other_town.name}/{east.name}", "李建设": people.other_town.name}


# --- reception days and rosters ---------------------------------------------------------------


def test_a_day_says_who_was_there_and_what_it_came_to(people, hub, day):
    query = f"?since={day.date:%Y-%m-%d}&until={day.date:%Y-%m-%d}"
    (row,) = found(hub, "days", query)
    assert row["接待日"].date() == day.date and row["站点"] == people.town.name
    assert set(row["值班代表"].split("、")) == {"张为民", "李建设"} and row["到站代表"] == "张为民"
    assert (row["到站驻站人员"], row["来访人次"], row["登记意见"], row["当场答复"]) == ("王法官", 5, 1, 0)
    assert row["接待小结"] == "路灯的事。"


def test_a_roster_has_a_row_for_each_duty(people, hub, day):
    Deputy.objects.filter(pk=people.deputy.pk).update(phone="13803910011")
    query = f"?since={day.date:%Y-%m-%d}&until={day.date:%Y-%m-%d}"
    by_name = {row["代表"]: row for row in found(hub, "duties", query)}
    assert set(by_name) == {"张为民", "李建设"}
    row = by_name["张为民"]
    assert (row["电话"], row["佩戴代表证"], row["收到"]) == ("13803910011", "是", "否")
    assert row["签到时间"] is not None and by_name["李建设"]["签到时间"] is None


def test_deputies_of_another_station_are_masked_in_the_roster(people, as_user, day):
    Deputy.objects.update(phone="13803910011")
    query = f"?since={day.date:%Y-%m-%d}&until={day.date:%Y-%m-%d}"
    by_name = {row["代表"]: row["电话"] for row in found(as_user(people.town_staff), "duties", query)}
    assert by_name == {"张为民": "13803910011", "李建设": "138****0011"}


def test_without_days_it_is_this_year(people, hub, day):
    year = timezone.localdate().year
    sheet = book(hub, "/reports/exports/days/").active
    assert f"全部站点；{year}-01-01 至 {year}-12-31" in sheet["A2"].value


@pytest.mark.parametrize("query", ["?since=gestern", "?since=2026-05-02&until=2026-05-01"])
def test_a_period_that_cannot_be_is_said_in_words(people, hub, query):
    answer = hub.get(f"/reports/exports/days/{query}", follow=True)
    assert answer.redirect_chain and ("日期" in answer.content.decode())
    assert not Event.objects.filter(action="export").exists()


# --- contacts ---------------------------------------------------------------------------------


def test_contacts_leave_for_who_keeps_the_log(people, as_user):
    one = factories.constituent(people.deputy)
    factories.contact(one, asked="路灯不亮")
    for who in ("hub_staff", "town_staff", "deputy_user"):
        client = as_user(getattr(people, who))
        (row,) = found(client, "contacts")
        assert (row["代表"], row["联系群众姓名"], row["电话"], row["反映问题"]) == (
            "张为民",
            "孙长河",
            "13700001111",
            "路灯不亮",
        )
        (row,) = found(client, "constituents")
        assert (row["住址"], row["联系次数"], row["最近联系"].date()) == ("甲村二组", 1, timezone.localdate())
    for who in ("other_town_staff", "other_deputy_user"):
        assert found(as_user(getattr(people, who)), "contacts") == []
    assert {event.after["in_full"] for event in Event.objects.filter(action="export")} == {0, 1}


def test_who_asked_to_be_forgotten_is_not_in_it(people, hub):
    one = factories.constituent(people.deputy, name="", phone="", address="", erased_at=timezone.now())
    factories.contact(one)
    (row,) = found(hub, "contacts")
    assert (row["联系群众姓名"], row["电话"]) == ("（已删除）", None)


# --- seats, counties --------------------------------------------------------------------------


@pytest.mark.parametrize("matter", ["stations", "departments", "deputies", "days", "duties"])
def test_nothing_of_another_county_leaves(people, strangers, as_user, matter):
    day = factories.reception_day(people)
    factories.on_duty(day, people.deputy)
    exported = str(found(as_user(strangers.hub_staff), matter))
    assert "博爱" not in exported and "张为民" not in exported.replace(strangers.deputy.name, "", 1)


# --- several at once --------------------------------------------------------------------------


def test_several_matters_are_one_workbook_with_a_sheet_each(people, hub):
    workbook = book(hub, "/reports/exports/several/?matter=deputies&matter=stations&matter=departments")
    assert workbook.sheetnames == ["代表名册", "站点台账", "承办单位台账"]
    assert [len(rows(workbook[name])) for name in workbook.sheetnames] == [2, 5, 3]
    ledgers = {event.after["ledger"] for event in Event.objects.filter(action="export")}
    assert ledgers == {"deputies", "stations", "departments"}


def test_a_place_and_a_period_count_for_all_of_them(people, hub, day):
    query = f"?matter=stations&matter=days&station={people.other_town.pk}&since=2020-01-01&until=2020-12-31"
    workbook = book(hub, f"/reports/exports/several/{query}")
    assert [row["名称"] for row in rows(workbook["站点台账"])] == [people.other_town.name]
    assert rows(workbook["接待日台账"]) == []


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("", "请至少选一种台账"),
        ("?matter=secrets", "没有这种台账"),
        ("?matter=days&since=gestern", "日期不对"),
        ("?matter=days&since=2026-05-02&until=2026-05-01", "结束日期在开始日期之前"),
        ("?matter=days&station=999999", "没有这个站点"),
    ],
)
def test_what_cannot_be_asked_is_said_on_the_page(people, hub, query, said):
    answer = hub.get(f"/reports/exports/several/{query}")
    assert answer.status_code == 200 and said in answer.content.decode()
    assert not Event.objects.filter(action="export").exists()


def test_a_seat_is_offered_what_it_may_have(people, as_user):
    def offered(user):
        form = as_user(user).get("/reports/exports/").context["form"]
        return {matter.key for matter in form.matters}

    assert "stations" in offered(people.point_staff)
    assert offered(people.clerk) == {"cases", "whistles", "consultations", "promises", "projects", "findings"}
    assert offered(people.deputy_user) == {"cases", "constituents", "contacts", "formal"}


def test_a_period_of_one_day_holds_that_day(people, hub, day):
    query = f"?since={day.date}&until={day.date}"
    assert len(found(hub, "days", query)) == 1
    after = day.date + dt.timedelta(days=1)
    assert found(hub, "days", f"?since={after}&until={after}") == []
