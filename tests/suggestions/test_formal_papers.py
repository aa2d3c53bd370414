"""建议专用纸 with its signers, 建议目录, the duty record, the export."""

import pytest
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from reports.duty_record import gather
from suggestions import formal_export, formal_signing
from suggestions.paper import lists, motion
from suggestions.paper.periods import Period
from tests.suggestions import factories


@pytest.fixture
def filed(people):
    return factories.a_paper_filed(people)


def sheet(as_user, user, paper):
    return as_user(user).get(reverse("suggestions:formal_sheet", args=[paper.pk])).content.decode()


def test_before_filing_signers_stand_on_it_and_lines_are_left_to_sign(people, as_user):
    paper = factories.sign(factories.paper(people, **factories.MOTION), factories.colleagues(people, 2), people)
    text = sheet(as_user, people.deputy_user, paper)
    assert "附议1" in text and "附议2" in text and text.count('<tr class="co-signer">') == 2 + motion.ROWS
    assert all(word in text for word in ("议案专用纸", "第十六届", "第三次会议", "案由", "案据", "方案", "甲镇代表团"))


def test_who_is_only_asked_is_not_on_it(people, as_user):
    paper = factories.paper(people)
    formal_signing.ask(paper.pk, factories.colleagues(people, 1), by=people.town_staff)
    assert "附议1" not in sheet(as_user, people.deputy_user, paper)


def test_the_sheet_of_the_case_is_that_of_its_paper(people, filed, as_user):
    page = as_user(people.hub_staff).get(reverse("suggestions:motion_sheet", args=[filed.case_id])).content.decode()
    assert "附议1" in page and "第 1 号" in page and "第三次会议闭会期间" in page


def test_certificates_are_for_who_may_see_them(people, as_user):
    (one,) = factories.colleagues(people, 1, at=people.other_town)
    one.certificate = "BA-0099"
    one.save()
    paper = factories.sign(factories.paper(people), [one], people)
    assert "BA-0099" in sheet(as_user, people.hub_staff, paper)
    assert "BA-0099" not in sheet(as_user, people.deputy_user, paper)


def test_the_catalogue_names_number_delegation_and_how_many_signed(people, filed):
    today = timezone.localdate()
    (case,) = list(lists.catalogue(people.hub_staff, Period(today, today)))
    assert lists.catalogue_row(case) == [
        "第十六届第三次会议闭会期间代表建议第1号",
        "博爱县甲镇代表团",
        "张为民等 2 名",
        "整修灌溉渠",
        "水利局",
        "已登记",
    ]


def test_the_export_has_a_row_a_paper_as_the_list_shows_them(people, filed, strangers):
    factories.paper(people)
    (row,) = formal_export.extract(people.hub_staff, QueryDict("state=filed"))
    said = dict(zip((column.heading for column in formal_export.COLUMNS), row, strict=True))
    assert (said["编号"], said["附议代表"], said["联名人数"]) == (1, "附议1", 2)
    assert (said["立案日期"], said["办理件"]) == (timezone.localdate(), filed.case.number)
    assert len(list(formal_export.extract(people.hub_staff, QueryDict()))) == 2
    assert not list(formal_export.extract(strangers.hub_staff, QueryDict()))
    assert not list(formal_export.extract(people.hub_staff, QueryDict("since=2020-01-01&until=2020-12-31")))
    assert not list(formal_export.extract(people.hub_staff, QueryDict(f"station={people.other_town.pk}")))


def test_the_file_is_fetched_from_the_list(people, filed, as_user):
    answer = as_user(people.town_staff).get(reverse("reports:export_formal"))
    assert answer.status_code == 200 and "spreadsheet" in answer["Content-Type"]


def test_the_duty_record_counts_what_was_co_signed(people, filed):
    signer = filed.signers.get().deputy
    facts = [fact for section in gather(signer, timezone.localdate().year, private=True) for fact in section.facts]
    assert ("附议", "1 件") in facts
