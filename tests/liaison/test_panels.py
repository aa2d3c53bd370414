"""Rooms above put lines on the pages of rooms below, which know nothing of them."""

import pytest
from django.apps import apps

from liaison.lib.panels import Line, Panel
from suggestions.choices import State
from tests import factories


def waiting(user, faces):
    chip = faces.chip(user.seats.counties[0].pk, faces.today)
    return [
        Panel("tasks", "待报进度", [Line("疏通沟渠", "/t/1/", ("甲镇",), chip, step="报进度", step_url="/t/1/go/")], 7)
    ]


def overdue(user, faces):
    return [Panel("red", "已超时", [Line("塌陷抢修", "/t/3/")], 1, colour="red")]


def nothing(user, faces):
    return [Panel("tasks", "待报进度")]


def of_case(user, case):
    line = Line(f"为“{case.title}”协商", "/t/2/", state="进行中")
    return [Panel("talks", "协商", [line], 1, actions=[("发起协商", "/t/new/")])]


@pytest.fixture
def install(monkeypatch):
    def put(page, function):
        path = f"{__name__}.{function.__name__}"
        monkeypatch.setattr(apps.get_app_config("consultations"), "panels", {page: path}, raising=False)

    return put


def test_what_waits_in_a_room_above_is_on_the_first_page(people, install, as_user):
    install("my_work", waiting)
    page = as_user(people.clerk).get("/work/").text
    assert "疏通沟渠" in page and 'href="/t/1/go/"' in page and "今天到期" in page
    assert "<small>7 件</small>" in page and "没有等您办的事" not in page


def test_what_is_overdue_there_comes_before_everything_else(people, install, as_user):
    factories.case_in(people, State.ASSIGNED)
    install("my_work", overdue)
    page = as_user(people.clerk).get("/work/").text
    assert 0 < page.index("塌陷抢修") < page.index('work-title" href="/cases')


def test_a_room_in_which_nothing_waits_leaves_no_trace(people, install, as_user):
    install("my_work", nothing)
    page = as_user(people.clerk).get("/work/").text
    assert "待报进度" not in page and "没有等您办的事" in page


def test_what_hangs_on_a_case_and_what_may_be_begun_is_on_its_page(people, install, as_user):
    case = factories.case_in(people, State.HANDLING)
    install("case", of_case)
    page = as_user(people.town_staff).get(f"/cases/{case.pk}/").text
    assert f"为“{case.title}”协商" in page and "进行中" in page
    assert '<a class="dropdown-item" href="/t/new/">发起协商</a>' in page
