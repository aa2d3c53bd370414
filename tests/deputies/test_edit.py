import datetime as dt

import pytest

from deputies.models import Constituency, Deputy, Level, Status, Term
from history.models import Event


def fields(**more) -> dict:
    return {"name": "马晓梅", "level": "township", "status": "serving", "ethnicity": "汉族", **more}


def test_a_township_enters_a_deputy(people, as_user) -> None:
    response = as_user(people.town_staff).post(
        "/deputies/new/", fields(home_station=people.point.pk, phone="１３８03910012", born_in="1980年3月")
    )
    deputy = Deputy.objects.get(name="马晓梅")
    assert response.url == f"/deputies/{deputy.pk}/"
    assert (deputy.county, deputy.home_station) == (people.county, people.point)
    assert (deputy.phone, deputy.born_in) == ("13803910012", "1980-03")
    event = Event.objects.get(action="deputy_create")
    assert "马晓梅" not in f"{event.before}{event.after}"


def test_not_into_a_station_out_of_reach(people, strangers, as_user) -> None:
    client = as_user(people.town_staff)
    for station in (people.hub, people.other_town, strangers.town):
        assert client.post("/deputies/new/", fields(home_station=station.pk)).status_code == 200
    assert client.get("/deputies/new/", {"station": people.other_town.pk}).status_code == 404
    assert not Deputy.objects.filter(name="马晓梅").exists()


def test_points_and_other_seats_enter_nobody(people, as_user) -> None:
    for user in (people.point_staff, people.clerk, people.deputy_user, people.officer_user):
        assert as_user(user).get("/deputies/new/").status_code == 403


def test_who_may_not_edit(people, strangers, as_user) -> None:
    page = f"/deputies/{people.deputy.pk}/edit/"
    for user in (people.clerk, people.deputy_user, people.officer_user):
        assert as_user(user).get(page).status_code == 403
    for user in (people.other_town_staff, people.point_staff, strangers.hub_staff):
        assert as_user(user).get(page).status_code == 404


def test_a_move_is_kept_in_the_record(people, as_user) -> None:
    client = as_user(people.hub_staff)
    page = f"/deputies/{people.deputy.pk}/"
    client.post(page + "edit/", fields(name="张为民", level="county", home_station=people.studio.pk))
    people.deputy.refresh_from_db()
    assert people.deputy.home_station == people.studio
    assert f"{people.town.name} → {people.studio.name}" in client.get(page).text


def test_a_township_keeps_a_deputy_it_cannot_place_elsewhere(people, as_user) -> None:
    """Saving other data must not lose the station."""
    as_user(people.town_staff).post(
        f"/deputies/{people.deputy.pk}/edit/", fields(name="张为民", level="county", home_station=people.town.pk)
    )
    people.deputy.refresh_from_db()
    assert people.deputy.home_station == people.town


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"name": ""}, "姓名"),
        ({"born_in": "六八年"}, "如 1968-05"),
        ({"born_in": "1968-13"}, "如 1968-05"),
        ({"status": "suspended"}, "写明原因和日期"),
        ({"level": "emperor"}, "层级"),
    ],
)
def test_what_is_wrong_is_said(people, as_user, more: dict, words: str) -> None:
    response = as_user(people.town_staff).post("/deputies/new/", fields(home_station=people.town.pk, **more))
    assert response.status_code == 200
    assert words in response.text
    assert Deputy.objects.count() == 2


def test_term_and_constituency_are_of_the_same_level(people, as_user) -> None:
    term = Term.objects.create(county=people.county, level=Level.COUNTY, name="第十六届", starts_on=dt.date(2022, 1, 1))
    place = Constituency.objects.create(county=people.county, level=Level.COUNTY, name="第一选区", station=people.town)
    response = as_user(people.town_staff).post(
        "/deputies/new/", fields(home_station=people.town.pk, term=term.pk, constituency=place.pk)
    )
    assert "届次的层级与代表的层级不一致" in response.text
    assert "选区的层级与代表的层级不一致" in response.text


def test_a_certificate_stands_once(people, as_user) -> None:
    Deputy.objects.filter(pk=people.other_deputy.pk).update(certificate="T-1")
    response = as_user(people.hub_staff).post("/deputies/new/", fields(certificate="T-1"))
    assert "已经有这个代表证号" in response.text


def test_status_changes_are_recorded(people, as_user) -> None:
    as_user(people.hub_staff).post(
        f"/deputies/{people.deputy.pk}/edit/",
        fields(
            name="张为民", level="county", home_station=people.town.pk, status="ended", status_note="2026年11月调离"
        ),
    )
    people.deputy.refresh_from_db()
    assert people.deputy.status == Status.ENDED
    event = Event.objects.get(action="deputy_edit")
    assert (event.before["status"], event.after["status"]) == ("serving", "ended")
