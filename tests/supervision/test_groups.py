"""专业监督小组: eight of a county, their deputies and local experts."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.urls import reverse

from deputies.models import Deputy, Level, Status
from history.models import Event
from stations.fields import Field
from supervision import groups
from supervision.models import Expert, Group
from tests.supervision import factories as make

pytestmark = pytest.mark.django_db
EXPERT = {"name": "郭石匠", "phone": "13600002222", "kind": "craftsman", "trade": "给排水"}


def events(thing):
    return list(Event.objects.filter(chain=thing.chain).order_by("seq").values_list("action", flat=True))


def test_the_county_office_sets_up_one_group_for_each_of_the_eight_fields(people, as_user):
    answer = as_user(people.hub_staff).post(reverse("supervision:found_groups"), follow=True)
    assert "已建立 8 个专业监督小组" in answer.text
    found = Group.objects.filter(county=people.county)
    assert {one.field for one in found} == set(Field.values) and all(one.lead_committee for one in found)
    assert events(found[0]) == ["group_found"]


def test_pressed_twice_nothing_is_set_up_twice(people):
    make.group(people)
    assert groups.found(people.county, by=people.hub_staff) == 7
    assert groups.found(people.county, by=people.hub_staff) == 0
    assert Group.objects.count() == 8


def test_a_township_office_sets_up_none(people):
    with pytest.raises(PermissionDenied):
        groups.found(people.county, by=people.town_staff)


def test_committee_leader_and_stations_are_changed_on_the_page(people, as_user):
    one = make.group(people)
    data = {
        "name": "城建代表组",
        "lead_committee": "城建环保工委",
        "leader": people.other_deputy.pk,
        "duties": "窨井盖",
    }
    client = as_user(people.hub_staff)
    client.post(reverse("supervision:edit_group", args=[one.pk]), {**data, "stations": [people.studio.pk]})
    one.refresh_from_db()
    assert (one.name, one.leader, [*one.stations.all()]) == ("城建代表组", people.other_deputy, [people.studio])


def test_a_leader_of_another_county_is_refused(people, strangers):
    one = make.group(people)
    said = {"name": one.name, "lead_committee": one.lead_committee, "duties": "", "stations": []}
    with pytest.raises(ValidationError, match="本县在任代表"):
        groups.edit(one.pk, by=people.hub_staff, leader=strangers.deputy, **said)


def test_deputies_join_once_and_leave(people, as_user):
    one = make.group(people)
    client = as_user(people.hub_staff)
    url = reverse("supervision:add_members", args=[one.pk])
    assert "已加入 1 名" in client.post(url, {"deputies": [people.other_deputy.pk]}, follow=True).text
    assert groups.add_members(one.pk, [people.other_deputy], by=people.hub_staff) == 0
    client.post(reverse("supervision:end_member", args=[one.members.get().pk]))
    assert one.members.get().until is not None
    assert events(one) == ["group_members", "group_members", "group_member_end"]


def test_who_no_longer_serves_cannot_join(people):
    gone = Deputy.objects.create(county=people.county, name="离任者", level=Level.COUNTY, status=Status.ENDED)
    assert groups.add_members(make.group(people).pk, [gone], by=people.hub_staff) == 0


def test_an_experts_name_and_telephone_are_encrypted_and_shown_in_part(people, as_user):
    one = make.group(people)
    make.expert(one)
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, phone FROM supervision_expert")
        assert all(value.startswith("v1:") for value in cursor.fetchone())
    text = as_user(people.hub_staff).get(reverse("supervision:group", args=[one.pk])).text
    assert "郭**" in text and "136****2222" in text and "13600002222" not in text and "郭石匠" not in text


@pytest.mark.parametrize(("who", "status"), [("hub_staff", 200), ("deputy_user", 200), ("town_staff", 403)])
def test_the_county_office_and_the_leader_look_and_leave_a_trace_once_a_day(people, as_user, who, status):
    one = make.group(people)
    make.expert(one)
    client = as_user(getattr(people, who))
    for _ in range(2):
        answer = client.post(reverse("supervision:reveal_experts", args=[one.pk]))
        assert answer.status_code == status and ("13600002222" in answer.text) == (status == 200)
    assert events(one).count("view_experts") == (status == 200)


@pytest.mark.parametrize("phone", ["1360000222", "12345", "郭师傅", ""])
def test_a_wrong_telephone_is_said_in_words(people, as_user, phone):
    one = make.group(people)
    answer = as_user(people.hub_staff).post(
        reverse("supervision:add_expert", args=[one.pk]), {**EXPERT, "phone": phone}
    )
    assert ("电话号码不对" if phone else "请填写，视察前要联系") in answer.text
    assert not Expert.objects.exists()


def test_the_same_telephone_twice_in_a_group_is_refused_and_an_id_number_too(people, as_user):
    one = make.group(people)
    client, url = as_user(people.hub_staff), reverse("supervision:add_expert", args=[one.pk])
    client.post(url, EXPERT)
    assert "已经登记在本组" in client.post(url, EXPERT).text
    assert "不登记身份证号" in client.post(url, {**EXPERT, "trade": "410822196501012345"}).text
    assert Expert.objects.count() == 1


def test_an_expert_who_is_dismissed_is_erased(people, as_user):
    one = make.group(people)
    who = make.expert(one)
    client = as_user(people.hub_staff)
    client.post(reverse("supervision:end_expert", args=[who.pk]))
    who.refresh_from_db()
    assert (who.name, who.phone, who.phone_index) == ("", "", "") and who.until and who.erased_at
    assert "已经解聘" in client.post(reverse("supervision:end_expert", args=[who.pk]), follow=True).text


def test_a_deputy_sees_the_own_group_first(people, as_user):
    groups.found(people.county, by=people.hub_staff)
    last = Group.objects.get(field=Field.COMMERCE)
    make.member(last, people.deputy)
    answer = as_user(people.deputy_user).get(reverse("supervision:home"))
    assert answer.context["teams"] == [last] and "我所在的小组" in answer.text and "其他 7 个小组" in answer.text
