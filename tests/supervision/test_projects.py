"""民生实事项目 and 重点建议: divided, reported, late."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from history.models import Event
from messaging.models import OutboxRow
from supervision import clock, projects, tasks
from supervision.models import Milestone, Project
from tests import factories
from tests.supervision import factories as make

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate
DAY = dt.timedelta(days=1)
SEATS = ("hub_staff", "town_staff", "other_town_staff", "point_staff", "clerk", "county_clerk")
SEATS += ("deputy_user", "other_deputy_user", "officer_user")


def form(people, **fields):
    values = {"kind": "livelihood", "year": TODAY().year, "title": "城市窨井设施改造", "goal": "改造 1200 座。"}
    return {**values, "field": "construction", "department": people.county_department.pk, **fields}


def milestone(people, **fields):
    return make.milestone(make.task(make.project(people, make.group(people))), **fields)


def told(key):
    return set(OutboxRow.objects.filter(key__contains=key).values_list("person__username", flat=True))


def events(project):
    return list(Event.objects.filter(chain=project.chain).order_by("seq").values_list("action", flat=True))


def test_the_county_office_enters_a_project_and_its_department_is_told(people, as_user):
    case = factories.register(people)
    group = make.group(people)
    data = form(people, group=group.pk, kind="key", cases=f"{case.number.lower()} ")
    answer = as_user(people.hub_staff).post(reverse("supervision:create_project"), data, follow=True)
    one = Project.objects.get()
    assert "已登记" in answer.text and case.number in answer.text
    assert (one.number, one.kind, one.group, [*one.cases.all()]) == (1, "key", group, [case])
    assert told(f"{one.chain}:created") == {"BA-county_clerk"} and events(one) == ["project_create"]


def test_numbers_run_by_kind_and_year(people):
    said = {"title": "一", "goal": "二", "field": "health", "by": people.hub_staff}
    for kind, year in (("livelihood", 2026), ("livelihood", 2026), ("key", 2026), ("livelihood", 2027)):
        projects.create(people.county, kind=kind, year=year, department=people.county_department, **said)
    found = Project.objects.order_by("pk").values_list("number", flat=True)
    assert list(found) == [1, 2, 1, 1]


def test_a_number_that_is_no_case_is_named(people, as_user):
    answer = as_user(people.hub_staff).post(reverse("supervision:create_project"), form(people, cases="BA2020-99999"))
    assert "没有找到编号为 BA2020-99999 的意见" in answer.text


def test_a_closed_department_and_one_of_another_county_cannot_answer_for_anything(people, strangers, as_user):
    client, url = as_user(people.hub_staff), reverse("supervision:create_project")
    people.county_department.is_active = False
    people.county_department.save()
    assert "已停用或不在本县" in client.post(url, form(people)).text
    assert "已停用或不在本县" in client.post(url, form(people, department=strangers.county_department.pk)).text
    said = {"title": "一", "goal": "二", "field": "health", "by": people.hub_staff, "kind": "key", "year": 2026}
    with pytest.raises(ValidationError, match="已停用"):
        projects.create(people.county, department=people.county_department, **said)
    with pytest.raises(ValidationError, match="本县"):
        projects.create(people.county, department=strangers.county_department, **said)


def test_a_task_without_an_owner_is_refused_in_words(people, as_user):
    one = make.project(people)
    url = reverse("supervision:add_task", args=[one.pk])
    answer = as_user(people.hub_staff).post(url, {"title": "排查建档", "department": ""})
    assert "每项任务都要有单位负责" in answer.text and not one.tasks.exists()
    with pytest.raises(ValidationError, match="责任单位"):
        projects.add_task(one.pk, by=people.hub_staff, title="排查建档", department=None)


def test_a_task_of_another_department_is_told_to_it(people, as_user):
    one = make.project(people)
    url = reverse("supervision:add_task", args=[one.pk])
    as_user(people.hub_staff).post(url, {"title": "镇区排查", "department": people.town_department.pk})
    assert told(f"{one.chain}:task") == {"BA-clerk"}


@pytest.mark.parametrize(
    ("month", "ok"), [((0, 12, 31), True), ((1, 1, 1), False), ((-1, 12, 31), False), ((0, 1, 1), True)]
)
def test_a_milestone_lies_in_the_year(people, as_user, month, ok):
    work = make.task(make.project(people))
    due = dt.date(work.project.year + month[0], *month[1:])
    url = reverse("supervision:add_milestone", args=[work.pk])
    answer = as_user(people.hub_staff).post(url, {"title": "完成", "due_on": due.isoformat()}, follow=True)
    assert work.milestones.exists() == ok
    assert ok or f"这是 {work.project.year} 年度的项目，节点时限不能" in answer.text


def test_a_limit_that_moves_leaves_both_dates(people, as_user):
    one = milestone(people)
    due = one.due_on - 10 * DAY
    url = reverse("supervision:edit_milestone", args=[one.pk])
    as_user(people.hub_staff).post(url, {"title": one.title, "due_on": due.isoformat()})
    event = Event.objects.get(action="milestone_edit")
    assert (event.before["due_on"], event.after["due_on"]) == (one.due_on.isoformat(), due.isoformat())


def test_the_department_reports_on_its_page(people, as_user):
    one = milestone(people)
    client = as_user(people.county_clerk)
    assert "填报进展" in client.get(reverse("supervision:project", args=[one.task.project_id])).text
    url = reverse("supervision:report_milestone", args=[one.pk])
    client.post(url, {"progress": 60, "note": "已排查 700 座。"})
    one.refresh_from_db()
    assert (one.progress, one.done_on, one.note) == (60, None, "已排查 700 座。")
    client.post(url, {"progress": 100, "note": "全部完成。"})
    one.refresh_from_db()
    assert one.done_on == TODAY() and told(":done:") == {"BA-deputy_user"}
    assert events(one.task.project) == ["milestone_report", "milestone_report"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"progress": 101, "note": "好"}, "进度填 0 到 100"),
        ({"progress": "一半", "note": "好"}, "请填 0 到 100 的整数"),
        ({"progress": 50, "note": ""}, "请填写"),
        ({"progress": 100, "note": "好", "done_on": "2999-01-01"}, "完成日期不能晚于今天"),
    ],
)
def test_what_cannot_be_reported_is_said_in_words(people, as_user, data, said):
    one = milestone(people)
    answer = as_user(people.county_clerk).post(reverse("supervision:report_milestone", args=[one.pk]), data)
    one.refresh_from_db()
    assert said in answer.text and one.reported_at is None


def test_the_office_alone_takes_a_done_milestone_back(people):
    one = milestone(people)
    projects.report(one.pk, by=people.county_clerk, progress=100, note="完成")
    with pytest.raises(ValidationError, match="已经报完成"):
        projects.report(one.pk, by=people.county_clerk, progress=90, note="没完成")
    assert projects.report(one.pk, by=people.hub_staff, progress=90, note="复核没有完成").done_on is None


def test_somebody_elses_department_does_not_report(people):
    one = milestone(people)
    with pytest.raises(PermissionDenied):
        projects.report(one.pk, by=people.clerk, progress=10, note="好")


def test_how_far_a_project_is_follows_from_its_milestones(people):
    work = make.project(people)
    first, second = make.task(work), make.task(work, title="改造")
    make.milestone(first, progress=100, done_on=TODAY())
    make.milestone(first, progress=99)
    make.milestone(second, progress=50)
    far = projects.standings(Project.objects.all())[work.pk]
    assert (far.percent, far.milestones, far.done) == (74, 3, 1)  # (99.5 + 50) / 2
    make.task(work, title="还没有节点")
    assert projects.standings(Project.objects.all())[work.pk].percent == 49
    assert not far.is_done


def test_due_today_is_not_late_and_yesterday_is(people, as_user):
    one = milestone(people, due_on=TODAY())
    page = reverse("supervision:project", args=[one.task.project_id])
    client = as_user(people.hub_staff)
    assert "已逾期" not in client.get(page).text and not Milestone.objects.late().exists()
    Milestone.objects.update(due_on=TODAY() - DAY)
    assert "已逾期" in client.get(page).text and "1 个节点逾期" in client.get(reverse("supervision:home")).text


def test_a_late_milestone_is_told_once_and_again_after_five_working_days(people):
    one = milestone(people, due_on=dt.date(2026, 11, 23))
    assert clock.tell_late_milestones(dt.date(2026, 11, 23)) == 0
    assert clock.tell_late_milestones(dt.date(2026, 11, 24)) == 2
    assert told(":late:") == {"BA-county_clerk", "BA-deputy_user"}
    assert clock.tell_late_milestones(dt.date(2026, 11, 24)) == clock.tell_late_milestones(dt.date(2026, 11, 30)) == 0
    assert clock.tell_late_milestones(dt.date(2026, 12, 1)) == 3  # the county office, too
    assert clock.still_late(str(one.pk), "2026-11-23")
    projects.report(one.pk, by=people.county_clerk, progress=100, note="完成")
    assert not clock.still_late(str(one.pk), "2026-11-23")
    assert tasks.tell_late()["milestones"] == 0


def test_a_stopped_project_is_no_longer_late_and_takes_no_reports(people, as_user):
    one = milestone(people, due_on=TODAY() - DAY)
    work = one.task.project
    url = reverse("supervision:stop_project", args=[work.pk])
    as_user(people.hub_staff).post(url, {"reason": "并入省级项目"})
    assert clock.tell_late_milestones() == 0
    with pytest.raises(ValidationError, match="已经终止"):
        projects.report(one.pk, by=people.county_clerk, progress=10, note="好")
    assert "并入省级项目" in as_user(people.hub_staff).get(reverse("supervision:project", args=[work.pk])).text


def test_what_was_reported_is_not_deleted_what_was_a_slip_is(people, as_user):
    one = milestone(people)
    client = as_user(people.hub_staff)
    projects.report(one.pk, by=people.county_clerk, progress=10, note="好")
    for name, pk in (("delete_milestone", one.pk), ("delete_task", one.task_id)):
        assert "不能删除" in client.post(reverse(f"supervision:{name}", args=[pk]), follow=True).text
    slip = make.task(one.task.project, title="登错了")
    client.post(reverse("supervision:delete_task", args=[slip.pk]))
    assert one.task.project.tasks.count() == 1


def test_who_sees_a_project(people, strangers):
    group = make.group(people)
    make.member(group, people.other_deputy)
    work = make.project(people, group)
    seen = {name for name in SEATS if Project.objects.visible_to(getattr(people, name)).filter(pk=work.pk).exists()}
    # 甲镇 helps the group; the one deputy leads it, the other is a member
    assert seen == {"hub_staff", "town_staff", "county_clerk", "deputy_user", "other_deputy_user"}
    make.task(work, department=people.town_department)
    assert Project.objects.visible_to(people.clerk).filter(pk=work.pk).count() == 1
    assert not Project.objects.visible_to(strangers.hub_staff).exists()


def test_the_number_of_queries_does_not_grow_with_the_projects(people, as_user, django_assert_max_num_queries):
    client = as_user(people.hub_staff)
    group = make.group(people)
    for _ in range(12):
        make.milestone(make.task(make.project(people, group)))
    with django_assert_max_num_queries(16):
        assert client.get(reverse("supervision:projects")).status_code == 200


def test_a_department_that_takes_a_project_or_a_task_over_is_told_each_time(people):
    one = make.milestone(make.task(make.project(people, make.group(people)))).task
    project, said = one.project, {"title": "城市窨井设施改造", "goal": "改造 1200 座。", "field": "construction"}
    theirs, ours = people.town_department, people.county_department
    for owner in (theirs, ours, theirs):
        projects.edit(project.pk, by=people.hub_staff, department=owner, group=project.group, **said)
        projects.edit_task(one.pk, by=people.hub_staff, title="排查建档", department=owner)
    rows = OutboxRow.objects.filter(key__startswith=project.chain, channel="in_app", person=people.clerk)
    assert [row.key.split(":")[2] for row in rows.order_by("pk")] == ["owner", "task", "owner", "task"]


def test_what_is_reported_meanwhile_is_not_deleted(people, monkeypatch):
    """The report came after the page of the office was opened, and before the office had the lock."""
    one = milestone(people)
    lock = projects._locked

    def late(pk, by):
        Milestone.objects.update(progress=10, reported_at=timezone.now())
        return lock(pk, by)

    monkeypatch.setattr(projects, "_locked", late)
    with pytest.raises(ValidationError, match="已经填报过进展"):
        projects.delete_milestone(one.pk, by=people.hub_staff)
    assert Milestone.objects.filter(pk=one.pk).exists()


@pytest.mark.parametrize("page", ["home", "projects", "inspections", "findings"])
def test_a_year_that_never_was_shows_this_one(people, as_user, page):
    assert as_user(people.hub_staff).get(reverse(f"supervision:{page}"), {"year": "0000"}).status_code == 200
