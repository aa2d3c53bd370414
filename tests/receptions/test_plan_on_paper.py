"""The yearly plan is one sheet of paper, whatever a station has in a year."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from deputies.models import Deputy, Level
from receptions.models import QuarterTheme
from tests import factories

LONG = "组织代表视察农村饮水安全、道路管护和人居环境整治情况，听取群众意见建议"


@pytest.fixture
def deputies(people):
    return [
        Deputy.objects.create(county=people.county, name=f"欧阳代表{n}", level=Level.COUNTY, home_station=people.town)
        for n in range(5)
    ]


@pytest.mark.parametrize("paper", ["a4", "a3"])
@pytest.mark.parametrize(("many", "names", "activity"), [(12, 2, "走访种粮大户"), (12, 5, LONG), (18, 5, LONG)])
def test_a_year_prints_on_one_sheet(page, live_server, log_in, people, deputies, paper, many, names, activity):
    for number in range(1, 5):
        QuarterTheme.objects.create(station=people.town, year=2027, quarter=number, theme="人居环境整治和温暖过冬")
    for number in range(many):
        date = dt.date(2027, number % 12 + 1, 5 + number)
        day = factories.reception_day(people, date, activity=activity, provisional=True)
        factories.on_duty(day, *deputies[:names])
    log_in(people.town_staff)
    address = reverse("receptions:plan", args=[people.town.pk])
    page.goto(f"{live_server.url}{address}?year=2027&paper={paper}")
    pdf = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1
    size = [float(n) for n in re.search(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", pdf).groups()]
    assert [round(n / 72 * 25.4) for n in size] == ([210, 297] if paper == "a4" else [420, 297])


@pytest.mark.parametrize("name", ["schedule", "rule", "themes", "plan", "feeds", "day", "add"])
def test_pages_fit_a_phone(page, live_server, log_in, people, name):
    day = factories.reception_day(people, activity=LONG)
    factories.on_duty(day, people.deputy)
    log_in(people.town_staff)
    page.set_viewport_size({"width": 390, "height": 844})
    arguments = {"day": [day.pk], "schedule": [], "feeds": []}.get(name, [people.town.pk])
    page.goto(live_server.url + reverse(f"receptions:{name}", args=arguments))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
