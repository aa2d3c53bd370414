"""What of inspections and rounds stands on 我的待办, and for whom."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from suggestions.faces import Faces
from supervision import round_waiting, tallies, waiting
from supervision.models import InspectionState
from tests.suggestions.acts import again
from tests.supervision import voting
from tests.supervision.factories import finding, group, held, inspection, sent

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def lines(function, user):
    """(title, step) of each line, in order."""
    user = again(user)
    return [(line.title, line.step) for panel in function(user, Faces(user.seats.counties)) for line in panel.lines]


def reported(of, department, **fields):
    return sent(of, department, **{"state": "reported", **fields})


def test_a_department_puts_right_the_overdue_first(people):
    one = held(people, group(people))
    sent(one, people.county_department, title="路沿石")
    sent(one, people.county_department, title="窨井盖", due_on=TODAY - dt.timedelta(days=1))
    reported(one, people.county_department, title="报告了的")
    user = again(people.county_clerk)
    (panel,) = waiting.findings(user, Faces(user.seats.counties))
    assert [(line.title, line.step) for line in panel.lines] == [("窨井盖", "报告整改"), ("路沿石", "报告整改")]
    assert (panel.colour, panel.total) == ("red", 2) and "逾期" in panel.lines[0].due
    assert lines(waiting.findings, people.clerk) == []


def test_what_is_due_today_is_not_late(people):
    sent(held(people, group(people)), people.county_department, due_on=TODAY)
    user = again(people.county_clerk)
    assert waiting.findings(user, Faces(user.seats.counties))[0].colour == "green"


def test_a_groups_findings_are_sent_by_the_county_office_and_checked_by_it_or_the_leader(people):
    one = held(people, group(people))
    finding(one, title="新的")
    reported(one, people.county_department, title="改好了的")
    finding(one, title="不交办的", state="dropped")
    sent(one, people.county_department)
    reported(one, people.county_department, title="合格的", state="closed", closed_on=TODAY)
    assert set(lines(waiting.findings, people.hub_staff)) == {("新的", "交办"), ("改好了的", "登记复查")}
    assert lines(waiting.findings, people.deputy_user) == [("改好了的", "登记复查")]
    assert lines(waiting.findings, people.town_staff) == lines(waiting.findings, people.other_deputy_user) == []


def test_a_stations_findings_are_the_stations(people):
    reported(held(people), people.town_department, title="改好了的")
    assert lines(waiting.findings, people.town_staff) == [("改好了的", "登记复查")]
    assert lines(waiting.findings, people.hub_staff) == lines(waiting.findings, people.other_town_staff) == []


def test_nobody_is_asked_to_check_the_own_department(people):
    people.town_department.staff.create(user=people.town_staff)
    reported(held(people), people.town_department)
    assert lines(waiting.findings, people.town_staff) == []


def test_more_than_are_shown_are_counted_and_all_of_every_year_are_a_press_away(people, as_user, monkeypatch):
    monkeypatch.setattr(waiting, "MOST", 1)
    old = held(people, group(people), date=TODAY - dt.timedelta(days=400))
    for title in ("路沿石", "窨井盖"):
        sent(old, people.county_department, title=title)
    user = again(people.county_clerk)
    (panel,) = waiting.findings(user, Faces(user.seats.counties))
    assert (panel.total, len(panel.lines)) == (2, 1)
    text = as_user(people.county_clerk).get(panel.url).text
    assert "路沿石" in text and "窨井盖" in text


def test_an_invitation_waits_for_the_deputys_answer_until_its_day_is_over(people):
    team = group(people)
    inspection(people, team, people.deputy, title="今天的", date=TODAY)
    inspection(people, team, people.deputy, title="昨天的", date=TODAY - dt.timedelta(days=1))
    inspection(people, team, people.deputy, title="取消的", state=InspectionState.CANCELLED)
    inspection(people, team, people.deputy, title="答复了的").participants.update(answer="coming")
    inspection(people, team, people.other_deputy, title="别人的")
    assert lines(waiting.invitations, people.deputy_user) == [("今天的", "答复")]
    assert lines(waiting.invitations, people.hub_staff) == []


def test_a_typed_tally_waits_for_a_second_person_and_a_sealed_one_to_be_published(people, strangers):
    one, second = voting.typed(people), voting.colleague(people)
    assert lines(round_waiting.for_user, second) == [(one.title, "复核计票")]
    for other in (people.hub_staff, people.town_staff, people.deputy_user, people.county_clerk, strangers.hub_staff):
        assert lines(round_waiting.for_user, other) == []
    tallies.confirm_tally(one.pk, by=second)
    for user in (people.hub_staff, second):
        assert lines(round_waiting.for_user, user) == [(one.title, "公布结果")]


def test_a_published_round_waits_for_nobody(people):
    voting.published(people)
    assert lines(round_waiting.for_user, people.hub_staff) == []


def test_they_stand_on_the_first_page_and_the_button_leads_to_the_step(people, as_user):
    one = held(people, group(people))
    problem = sent(one, people.county_department)
    asked = inspection(people, one.group, people.deputy)
    for user, name, pk in (
        (people.county_clerk, "report_finding", problem.pk),
        (people.deputy_user, "answer_inspection", asked.pk),
    ):
        client, url = as_user(user), reverse(f"supervision:{name}", args=[pk])
        assert f'href="{url}"' in client.get("/work/").text
        assert client.get(url).status_code == 200


@pytest.mark.parametrize("who", ["hub_staff", "town_staff", "county_clerk", "deputy_user"])
def test_each_costs_one_query(people, who, django_assert_max_num_queries):
    one = held(people, group(people))
    for state in ("sent", "reported"):
        sent(one, people.county_department, state=state)
        sent(one, people.county_department, state=state)
    inspection(people, one.group, people.deputy)
    inspection(people, one.group, people.deputy)
    voting.sealed(people)
    user = again(getattr(people, who))
    faces = Faces(user.seats.counties)
    assert user.seats.tree is not None  # asked once a request
    for function in (waiting.findings, waiting.invitations, round_waiting.for_user):
        with django_assert_max_num_queries(1):
            function(user, faces)
