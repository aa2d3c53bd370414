from deputies.models import Deputy
from tests.factories import register


def page(deputy: Deputy) -> str:
    return f"/deputies/{deputy.pk}/"


def test_who_keeps_the_record_and_the_deputy_see_private_data(people, as_user) -> None:
    Deputy.objects.filter(pk=people.deputy.pk).update(phone="13803910011", born_in="1968-05")
    for user in (people.hub_staff, people.town_staff, people.deputy_user):
        text = as_user(user).get(page(people.deputy)).text
        assert "13803910011" in text
        assert "1968-05" in text
    for user in (people.clerk, people.officer_user, people.other_deputy_user):
        response = as_user(user).get(page(people.deputy))
        assert response.status_code == 200
        assert "13803910011" not in response.text
        assert "1968-05" not in response.text


def test_unseen_is_404(people, strangers, as_user) -> None:
    assert as_user(people.other_town_staff).get(page(people.deputy)).status_code == 404
    assert as_user(strangers.hub_staff).get(page(people.deputy)).status_code == 404


def test_cases_are_counted_as_far_as_one_sees_them(people, as_user) -> None:
    register(people)
    assert as_user(people.town_staff).get(page(people.deputy)).context["cases"] == 1
    assert as_user(people.clerk).get(page(people.deputy)).context["cases"] == 0
