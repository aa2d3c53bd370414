def test_every_seat_of_the_county_reads_a_station(people, as_user) -> None:
    for user in (people.hub_staff, people.other_town_staff, people.clerk, people.deputy_user, people.officer_user):
        response = as_user(user).get(f"/stations/{people.town.pk}/")
        assert response.status_code == 200
        assert people.officer.name in response.text
        assert people.town_department.name in response.text


def test_a_station_of_another_county_does_not_exist(people, strangers, as_user) -> None:
    for user in (people.hub_staff, people.deputy_user):
        assert as_user(user).get(f"/stations/{strangers.town.pk}/").status_code == 404


def test_buttons_are_for_who_covers_the_station(people, as_user) -> None:
    page = f"/stations/{people.town.pk}/"
    assert "修改资料" in as_user(people.hub_staff).get(page).text
    assert "修改资料" in as_user(people.town_staff).get(page).text
    for user in (people.other_town_staff, people.point_staff, people.clerk, people.deputy_user):
        assert "修改资料" not in as_user(user).get(page).text


def test_the_page_costs_a_bounded_number_of_queries(people, as_user, django_assert_max_num_queries) -> None:
    client = as_user(people.hub_staff)
    client.get(f"/stations/{people.town.pk}/")
    with django_assert_max_num_queries(14):
        client.get(f"/stations/{people.town.pk}/")
