"""The first page, and finding one's station by tapping or typing, without JavaScript."""

import pytest
from django.urls import reverse

from liaison.lib.placenames import place, search_text
from stations.finding import find
from stations.models import Kind, Station

pytestmark = pytest.mark.django_db


@pytest.fixture
def villages(people):
    """许良镇 with 许良村 and 单庄村, as the lists of divisions name them."""
    town = Station.objects.create(
        county=people.county, kind=Kind.TOWNSHIP, name="许良镇人大代表联络站", parent=people.hub
    )
    for name in ("许良村人大代表联络点", "单庄村人大代表联络点", "解放社区人大代表联络点"):
        Station.objects.create(county=people.county, kind=Kind.POINT, name=name, parent=town, address="党群服务中心")
    return town


def names(query):
    return [place(one.name) for one in find(query, most=30)]


def test_the_first_page_offers_the_two_choices_and_the_townships(client, people):
    text = client.get(reverse("portal:home")).text
    assert "我要留言" in text and "查询进度" in text and people.town.place in text


@pytest.mark.parametrize(
    "query",
    [
        "许良村",
        "许良村人大",
        "xlc",
        "XLC",
        "ｘｌｃ",
        "xuliangcun",
        "xu liang cun",
        "许 良 村",
        "许良村委会",
        "许良村村民委员会",
        "“许良村”",
    ],
)
def test_a_village_is_found_first_however_it_is_typed(villages, query):
    assert names(query)[0] == "许良村"


@pytest.mark.parametrize("query", ["许良", "许良乡", "xuliang", "xl", "良", "许良联络站"])
def test_a_township_is_found_with_the_kind_of_place_left_out_or_mistaken(villages, query):
    assert names(query)[0] == "许良镇"


@pytest.mark.parametrize(
    "query", ["博爱县许良镇许良村", "河南省博爱县许良镇许良村委会", "许良镇 许良村", "许良镇许良村"]
)
def test_a_whole_address_leads_to_its_last_part(villages, query):
    assert names(query) == ["许良村"]


def test_an_address_in_another_township_is_not_taken_for_this_one(villages, people):
    assert names("乙镇许良村") == []


@pytest.mark.parametrize(("query", "found"), [("szc", "单庄村"), ("dzc", "单庄村"), ("jfsq", "解放社区")])
def test_initials_are_found_by_the_surnames_reading_and_by_the_common_one(villages, query, found):
    assert names(query) == [found]


@pytest.mark.parametrize("query", ["", " ", "%", "_", "|", "、", "火星"])
def test_what_names_nothing_finds_nothing(villages, query):
    assert names(query) == []


def test_a_new_name_is_found_and_the_old_one_no_longer(villages):
    station = Station.objects.get(name__startswith="单庄村")
    station.name = "新庄村人大代表联络点"
    station.save(update_fields=["name"])
    assert names("xzc") == ["新庄村"] and names("单庄") == []


def test_results_show_the_way_up(client, villages):
    text = client.get(reverse("portal:find"), {"q": "xlc"}).text
    assert "许良村人大代表联络点" in text and "博爱县 › 许良镇" in text


def test_a_place_that_is_not_there_is_said_in_words(client, people):
    text = client.get(reverse("portal:find"), {"q": "<火星>"}).text
    assert "没有找到带“&lt;火星&gt;”的站点" in text


def test_closed_stations_are_neither_found_nor_offered(client, villages):
    Station.objects.filter(kind=Kind.POINT).update(is_active=False)
    assert names("xlc") == []
    assert "许良村" not in client.get(reverse("portal:villages", args=[villages.pk])).text
    Station.objects.filter(pk=villages.pk).update(is_active=False)
    assert client.get(reverse("portal:villages", args=[villages.pk])).status_code == 404
    assert "许良镇" not in client.get(reverse("portal:home")).text


def test_one_taps_from_the_county_to_the_township_to_the_village(client, villages, strangers):
    first = client.get(reverse("portal:find")).text
    assert "?county=410822" in first and "?county=411081" in first and "许良镇" not in first
    county = client.get(reverse("portal:find"), {"county": "410822"}).text
    assert reverse("portal:villages", args=[villages.pk]) in county and "禹州市甲镇" not in county
    township = client.get(reverse("portal:villages", args=[villages.pk])).text
    point = Station.objects.get(name__startswith="许良村")
    assert reverse("portal:station", args=[point.pk]) in township
    assert reverse("portal:station", args=[villages.pk]) in township


def test_more_than_a_page_of_places_is_said_so(client, villages):
    Station.objects.bulk_create(
        Station(
            county=villages.county,
            kind=Kind.POINT,
            parent=villages,
            parent_kind=Kind.TOWNSHIP,
            path=f"t{number}",
            name=f"大寨{number}村",
            search=search_text(f"大寨{number}村"),
        )
        for number in range(40)
    )
    answer = client.get(reverse("portal:find"), {"q": "大寨"})
    assert len(answer.context["found"]) == 30 and "请把名字写完整一些" in answer.text


def test_finding_costs_few_queries(client, villages, django_assert_max_num_queries):
    for query in ({"q": "许良"}, {"q": "火星县许良镇许良村"}, {"county": "410822"}, {}):
        with django_assert_max_num_queries(4):
            client.get(reverse("portal:find"), query)
    with django_assert_max_num_queries(3):
        client.get(reverse("portal:home"))
