from history.models import Event
from stations.models import Department
from suggestions.choices import State
from suggestions.models import Suggestion
from tests.factories import case_in


def test_a_department_is_made_with_its_fields_of_work(people, as_user) -> None:
    response = as_user(people.town_staff).post(
        f"/stations/{people.town.pk}/departments/new/",
        {"name": "卫生院", "head": "周院长", "fields_of_work": ["health", "welfare"]},
    )
    assert response.status_code == 302
    department = Department.objects.get(name="卫生院")
    assert department.station == people.town
    assert department.fields == "health,welfare"
    assert Event.objects.filter(action="department_create").count() == 1


def test_fields_of_work_are_shown_and_changed(people, as_user) -> None:
    Department.objects.filter(pk=people.town_department.pk).update(fields="transport,construction")
    client = as_user(people.town_staff)
    page = f"/stations/departments/{people.town_department.pk}/"
    assert client.get(page).context["form"]["fields_of_work"].initial == ["transport", "construction"]
    client.post(page, {"name": people.town_department.name, "fields_of_work": ["transport"]})
    people.town_department.refresh_from_db()
    assert people.town_department.fields == "transport"


def test_a_name_stands_once_in_a_station(people, as_user) -> None:
    response = as_user(people.town_staff).post(
        f"/stations/{people.town.pk}/departments/new/", {"name": people.town_department.name}
    )
    assert "已经有同名的承办单位" in response.text


def test_points_have_no_departments(people, as_user) -> None:
    assert as_user(people.hub_staff).get(f"/stations/{people.point.pk}/departments/new/").status_code == 403


def test_who_may_not(people, strangers, as_user) -> None:
    page = f"/stations/departments/{people.town_department.pk}/"
    for user in (people.other_town_staff, people.point_staff, people.clerk, people.deputy_user):
        assert as_user(user).get(page).status_code == 403
        assert as_user(user).post(page + "active/", {"active": "0"}).status_code == 403
    assert as_user(strangers.hub_staff).get(page).status_code == 404
    assert as_user(strangers.hub_staff).post(page + "active/", {"active": "0"}).status_code == 404


def switch(client, department, active: str = "0"):
    return client.post(f"/stations/departments/{department.pk}/active/", {"active": active}, follow=True)


def test_a_department_without_cases_is_disabled_and_enabled(people, as_user) -> None:
    client = as_user(people.town_staff)
    switch(client, people.town_department)
    assert not Department.objects.get(pk=people.town_department.pk).is_active
    switch(client, people.town_department, "1")
    assert Department.objects.get(pk=people.town_department.pk).is_active


def test_lead_and_co_handler_of_an_open_case_stay(people, as_user) -> None:
    case = case_in(people, State.HANDLING)
    client = as_user(people.town_staff)
    for department in (people.town_department, people.town_second):
        assert "还有 1 件意见没有办结" in switch(client, department).text
        assert Department.objects.get(pk=department.pk).is_active
    assert case.state == State.HANDLING


def test_a_closed_case_holds_nobody(people, as_user) -> None:
    case = case_in(people, State.CLOSED)
    assert Suggestion.objects.get(pk=case.pk).state == State.CLOSED
    switch(as_user(people.town_staff), people.town_department)
    assert not Department.objects.get(pk=people.town_department.pk).is_active
