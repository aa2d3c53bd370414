"""接待选民登记表 as a file: A4 across, with the fonts in it."""

import lxml.html
import pytest
from django.urls import reverse
from django.utils import timezone

from history.models import Event
from liaison.lib import pdf
from suggestions.choices import AgeBand
from suggestions.registration import VoterData
from tests import factories
from tests.suggestions.paper.documents import pages

pytestmark = pytest.mark.skipif(not pdf.can_render(), reason="WeasyPrint or pango is not there")


@pytest.fixture
def day(people):
    day = factories.reception_day(people, timezone.localdate(), state="open")
    duties = factories.on_duty(day, people.deputy)
    duties[0].signed_in_at = timezone.now()
    duties[0].save()
    factories.register(people, reception_day=day)
    return day


def sheet(client, day, **asked):
    answer = client.get(reverse("suggestions:register_sheet", args=[day.pk]), {"as": "pdf", **asked})
    assert answer.status_code == 200 and answer["Content-Type"] == "application/pdf"
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def test_a_file_with_voters_is_a_look_and_a_blank_one_is_not(people, as_user, day):
    client = as_user(people.town_staff)
    sheet(client, day, blank="12")
    assert not Event.objects.filter(action="print_register").exists()
    sheet(client, day)
    assert Event.objects.filter(action="print_register").count() == 1


@pytest.mark.parametrize("many", [1, 3, 12])
def test_each_voter_has_a_row_of_its_own_beside_the_case(people, as_user, day, many):
    voters = [
        VoterData(name=f"王小{'一二三四五六七八九十甲乙'[n]}", phone=f"1380000{n:04}", age_band=AgeBand.TO_35)
        for n in range(many)
    ]
    case = factories.register(people, reception_day=day, voters=voters)
    page = as_user(people.town_staff).get(reverse("suggestions:register_sheet", args=[day.pk])).content.decode()
    bodies = lxml.html.fromstring(page).xpath("//tbody[contains(., $number)]", number=case.number)
    rows = [[cell.text_content().strip() for cell in row.xpath("./td")] for row in bodies[0].xpath("./tr")]
    assert len(rows[0]) == 15 and {len(row) for row in rows[1:]} <= {6}
    for row, voter in zip([rows[0][5:10], *rows[1:]], voters, strict=True):
        assert (row[0], row[2], row[4]) == (voter.name, "18—35 岁", voter.phone)
    assert {cell.get("rowspan") for cell in bodies[0].xpath("./tr[1]/td[@rowspan]")} == {str(many)}
    assert pages(sheet(as_user(people.town_staff), day)) <= 2
