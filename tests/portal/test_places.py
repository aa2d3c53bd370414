"""What a station is, and who its deputies are, as voters see it."""

import datetime as dt

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from deputies.models import Constituency, Deputy, Level, Status, Term, Trade
from noticeboard.models import NoticeKind
from receptions.models import DayState
from stations.models import OfficerKind, ResidentOfficer, Station
from suggestions.choices import State
from tests import factories

pytestmark = pytest.mark.django_db
PRIVATE = (
    "13700007777",
    "13700008888",
    "13700009999",
    "13700006666",
    "1968-05",
    "大学本科",
    "中共党员",
    "县水泥厂厂长",
)


@pytest.fixture
def planted(people):
    """Everything about people of the township that the public has no business with."""
    people.deputy.phone, people.deputy.born_in, people.deputy.education = PRIVATE[0], PRIVATE[4], PRIVATE[5]
    people.deputy.party, people.deputy.post = PRIVATE[6], PRIVATE[7]
    people.deputy.trade = Trade.ENTERPRISE
    people.deputy.term = Term.objects.create(
        county=people.county, level=Level.COUNTY, name="第十六届", starts_on=dt.date(2022, 1, 1)
    )
    people.deputy.constituency = Constituency.objects.create(
        county=people.county, station=people.town, level=Level.COUNTY, name="第十二选区"
    )
    people.deputy.photo.save("portrait.jpg", ContentFile(b"\xff\xd8\xff"))
    people.deputy.save()
    Station.objects.filter(pk=people.town.pk).update(
        head="站长甲",
        head_phone=PRIVATE[1],
        contact="联络员乙",
        contact_phone=PRIVATE[2],
        phone="0391-8600101",
        address="甲镇人民政府院内",
        opening_hours="工作日 8:30—12:00",
    )
    ResidentOfficer.objects.filter(pk=people.officer.pk).update(phone=PRIVATE[3])
    return people


def station_page(client, station):
    return client.get(reverse("portal:station", args=[station.pk]))


def deputy_page(client, deputy):
    return client.get(reverse("portal:deputy", args=[deputy.pk]))


def test_a_station_says_what_it_is_where_and_who_is_there(client, planted):
    text = station_page(client, planted.town).text
    for words in (
        "乡镇（街道）联络站",
        "甲镇人民政府院内",
        "工作日 8:30—12:00",
        "0391-8600101",
        "站长甲",
        "王法官（法官）",
        "张为民",
        "县代表",
        "企业",
        "第十二选区",
    ):
        assert words in text


def test_no_page_shows_what_is_private(client, planted):
    factories.register(planted, deputy=planted.deputy)
    pages = station_page(client, planted.town).text + deputy_page(client, planted.deputy).text
    assert [words for words in (*PRIVATE, "联络员乙", "赵小满", "13800001234") if words in pages] == []


def test_an_officer_who_left_is_not_shown(client, people):
    ResidentOfficer.objects.create(station=people.town, name="钱警官", kind=OfficerKind.POLICE, is_active=False)
    assert "钱警官" not in station_page(client, people.town).text


def test_the_way_up_leads_to_the_county_and_the_township(client, people):
    text = station_page(client, people.point).text
    assert f'href="{reverse("portal:find")}?county=410822"' in text
    assert reverse("portal:villages", args=[people.town.pk]) in text
    assert reverse("portal:station", args=[people.town.pk]) in text


def test_a_township_leads_to_its_villages_and_a_village_lists_nothing_below(client, people):
    assert "下属站点" in station_page(client, people.town).text
    assert "下属站点" not in station_page(client, people.point).text


def test_the_yearly_plan_is_linked_once_it_is_on_the_board(client, people):
    assert "看接待计划" not in station_page(client, people.town).text
    plan = factories.notice(people, kind=NoticeKind.PLAN, title="2026年度接待计划")
    assert (
        f'<a href="{reverse("portal:notice", args=[plan.pk])}">看接待计划</a>' in station_page(client, people.town).text
    )


def test_a_closed_station_is_not_found(client, people):
    Station.objects.filter(pk=people.point.pk).update(is_active=False)
    assert station_page(client, people.point).status_code == 404


def test_a_deputys_page_says_who_it_is_and_leads_to_the_message(client, planted):
    text = deputy_page(client, planted.deputy).text
    for words in ("张为民", "县代表", "第十六届", "第十二选区", "企业", planted.town.name):
        assert words in text
    assert reverse("portal:deputy_photo", args=[planted.deputy.pk]) in text
    assert f"{reverse('portal:leave_message', args=[planted.town.pk])}?deputy={planted.deputy.pk}" in text


def test_a_deputys_page_says_when_the_deputy_is_on_duty_next(client, people):
    today = timezone.localdate()
    days = {
        "还没到的": factories.reception_day(people, today + dt.timedelta(days=5), place="还没到的"),
        "过去的": factories.reception_day(people, today - dt.timedelta(days=5), place="过去的"),
        "取消的": factories.reception_day(
            people, today + dt.timedelta(days=6), place="取消的", state=DayState.CANCELLED, cancel_reason="下雨"
        ),
    }
    for day in days.values():
        factories.on_duty(day, people.deputy)
    factories.reception_day(people, today + dt.timedelta(days=7), place="别人的")
    text = deputy_page(client, people.deputy).text
    assert [place for place in (*days, "别人的") if place in text] == ["还没到的"]


def test_a_deputy_who_may_not_serve_is_not_announced_for_a_day(client, people):
    factories.on_duty(factories.reception_day(people), people.deputy)
    Deputy.objects.update(status=Status.SUSPENDED)
    assert "张为民" not in station_page(client, people.town).text


def test_what_a_deputy_did_is_said_in_counts(client, people):
    factories.case_in(people, State.REPLIED)
    factories.case_in(people, State.REGISTERED)
    factories.case_in(people, State.WITHDRAWN)
    done = deputy_page(client, people.deputy).context["done"]
    assert done == {"received": 2, "answered": 0, "replied": 1}


def test_a_deputy_without_cases_is_no_row_of_zeros(client, people):
    assert "还没有收到群众意见" in deputy_page(client, people.deputy).text


@pytest.mark.parametrize("fields", [{"status": Status.ENDED}, {"status": Status.SUSPENDED}, {"home_station": None}])
def test_a_deputy_who_does_not_serve_a_station_has_no_page(client, people, fields):
    Deputy.objects.filter(pk=people.deputy.pk).update(**fields)
    assert deputy_page(client, people.deputy).status_code == 404


def test_pages_cost_few_queries_whatever_hangs_on_them(client, planted, django_assert_max_num_queries):
    for number in range(12):
        Deputy.objects.create(
            county=planted.county, name=f"代表{number}", level=Level.COUNTY, home_station=planted.town
        )
        day = factories.reception_day(planted, timezone.localdate() + dt.timedelta(days=number))
        factories.on_duty(day, planted.deputy)
        factories.notice(planted, title=f"公示{number}")
    with django_assert_max_num_queries(1):  # and one that asks whether a kept copy is still true
        station_page(client, planted.town)
    with django_assert_max_num_queries(3):
        deputy_page(client, planted.deputy)


def test_a_village_without_deputies_leads_to_those_of_the_township(client, people):
    text = station_page(client, people.point).text
    assert f"去看{people.town.place}的代表" in text
    assert "的代表</a>" not in station_page(client, people.town).text


def test_a_village_without_days_of_its_own_leads_to_those_of_the_township(client, people):
    Deputy.objects.filter(pk=people.deputy.pk).update(home_station=people.point)
    text = client.get(reverse("portal:station", args=[people.point.pk])).content.decode()
    assert f"{people.town.name}的接待日" in text
    factories.reception_day(people, station=people.point)
    assert "的接待日</a>" not in client.get(reverse("portal:station", args=[people.point.pk])).content.decode()


def test_a_day_of_another_year_is_said_with_its_year(client, people):
    year = timezone.localdate().year + 1
    factories.on_duty(factories.reception_day(people, dt.date(year, 5, 25)), people.deputy)
    assert f"{year}年" in deputy_page(client, people.deputy).text
