import pytest
from django.urls import reverse

from stations.models import Station
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return factories.cast()


def test_the_first_page_offers_the_two_choices_and_the_stations(client, people):
    text = client.get(reverse("portal:home")).content.decode()
    assert "我要留言" in text and "查询进度" in text and people.town.name in text


def test_a_station_is_found_by_part_of_its_name(client, people):
    text = client.get(reverse("portal:home"), {"q": "甲村"}).content.decode()
    assert people.point.name in text and people.other_town.name + "</span>" not in text.split("或者点选")[0]


def test_a_place_that_is_not_there_is_said_in_words(client, people):
    assert "没有找到带“火星”的站点" in client.get(reverse("portal:home"), {"q": "火星"}).content.decode()


def test_a_station_page_shows_deputies_and_no_private_phone(client, people):
    people.deputy.phone = "13700007777"
    people.deputy.save()
    Station.objects.filter(pk=people.town.pk).update(head="站长甲", head_phone="13700008888")
    text = client.get(reverse("portal:station", args=[people.town.pk])).content.decode()
    assert "张为民" in text and "站长甲" in text and "王法官" in text
    assert "13700007777" not in text and "13700008888" not in text


def test_a_closed_station_is_not_found(client, people):
    Station.objects.filter(pk=people.point.pk).update(is_active=False)
    assert client.get(reverse("portal:station", args=[people.point.pk])).status_code == 404
    assert people.point.name not in client.get(reverse("portal:home"), {"q": "甲村"}).content.decode()


def test_pages_cost_few_queries_whatever_the_number_of_stations(client, people, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        client.get(reverse("portal:home"), {"q": "镇"})
    with django_assert_max_num_queries(8):
        client.get(reverse("portal:station", args=[people.town.pk]))
