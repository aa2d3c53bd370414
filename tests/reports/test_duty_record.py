"""履职档案: eight parts that gather themselves, a score that says how it came about, a public text the office chooses."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from deputies.models import Deputy, DutyKind, DutyPublication, DutyWeight, Part, Scored, Term
from history.models import Event
from liaison.lib import pdf
from reports import duty_record
from suggestions import workflow
from suggestions.choices import State
from tests import factories
from tests.consultations import talks
from tests.legislation.factories import draft_law, opinion
from tests.meetings.factories import invited, meeting
from tests.suggestions.factories import a_paper_filed, paper
from tests.supervision.factories import group, held, inspection

YEAR = timezone.localdate().year


@pytest.fixture
def busy(people):
    """A deputy who did something of everything this year."""
    deputy = people.deputy
    Term.objects.create(county=people.county, level="county", name="第十六届", starts_on=dt.date(YEAR, 1, 1))
    one = factories.constituent(deputy)
    factories.contact(one, dt.date(YEAR, 1, 8))
    factories.contact(one, dt.date(YEAR, 1, 9))
    factories.duty_entry(deputy, DutyKind.TRAINING, title="履职培训班")
    factories.duty_entry(deputy, DutyKind.INSPECTION, title="视察学校")
    factories.duty_entry(deputy, DutyKind.COMMENDATION, title="优秀代表", confirmed_at=None)
    factories.duty_entry(deputy, DutyKind.REPORT, title="述职", satisfied=8, basically=1, dissatisfied=1)
    factories.duty_entry(deputy, DutyKind.WORK, title="沿太行高速", amount=6)
    factories.duty_entry(deputy, DutyKind.IDEA, title="建怀药基地")
    factories.duty_entry(deputy, DutyKind.TRAINING, title="去年的班", happened_on=dt.date(YEAR - 1, 5, 1))
    (duty,) = factories.on_duty(factories.reception_day(people, dt.date(YEAR, 1, 5)), deputy)
    duty.signed_in_at = timezone.now()
    duty.save()
    factories.case_in(people, State.REPLIED)
    workflow.refuse(factories.submit(people).pk, by=people.town_staff, reason="vague")
    return deputy


def sections(deputy):
    return {section.part: section for section in duty_record.gather(deputy, YEAR, private=True)}


def test_the_eight_parts_are_there_in_their_order(busy):
    assert [section.part for section in duty_record.gather(busy, YEAR, private=True)] == list(Part)


def test_everything_in_the_system_gathers_itself(busy):
    found = sections(busy)
    facts = {part: dict(section.facts) for part, section in found.items()}
    assert facts[Part.TRAINING] == {"学习培训": "1 次"} and facts[Part.INSPECTIONS] == {"视察调研": "1 次"}
    assert facts[Part.REPORT] == {"向选民述职": "1 次", "选民评议": "10 票，满意率 90.0%"}
    assert facts[Part.ACTIVITIES]["接待选民"] == "1 次" and facts[Part.ACTIVITIES]["“五个一”"] == "1 项"
    assert facts[Part.ACTIVITIES]["联系群众"].startswith("1 人次")
    assert facts[Part.SUGGESTIONS]["接待登记"] == "1 件" and facts[Part.SUGGESTIONS]["已回复选民"] == "1 件"
    assert [item.title for item in found[Part.TRAINING].items] == ["履职培训班"]
    assert any("接待选民" in item.title for item in found[Part.ACTIVITIES].items)


def test_what_was_done_in_other_rooms_gathers_itself(people, busy):
    """Meetings, inspections and consultations attended, papers led and signed, opinions on draft laws."""
    today = timezone.now()
    one = meeting(people, state="held")
    invited(one, busy, signed_in_at=today)
    invited(meeting(people, state="held", number=4), busy)  # was not there
    group_ = group(people)
    held(people, group_, busy, date=timezone.localdate(), title="看窨井盖")
    inspection(people, group_, busy)  # is yet to come
    talks.concluded(people)
    opinion(people, draft_law(people), kind="deputy", deputy=busy)
    facts = {part: dict(section.facts) for part, section in sections(busy).items()}
    titles = {part: [item.title for item in section.items] for part, section in sections(busy).items()}
    assert facts[Part.MEETINGS] == {"出席会议": "1 次"} and titles[Part.MEETINGS][0].startswith("列席")
    assert facts[Part.INSPECTIONS] == {"视察调研": "2 次"} and "视察：看窨井盖" in titles[Part.INSPECTIONS]
    assert facts[Part.ACTIVITIES]["小组活动、协商议事"] == "1 次"
    assert titles[Part.ACTIVITIES].count("参加协商：甲村排水沟怎么修") == 1
    assert facts[Part.SUGGESTIONS]["对法律法规草案的意见"] == "1 条"
    counts = duty_record.counts_of(Deputy.objects.filter(pk=busy.pk), YEAR)[busy.pk]
    assert (counts[Scored.MEETINGS], counts[Scored.INSPECTIONS], counts[Scored.ACTIVITIES]) == (1, 2, 1)


def test_papers_led_and_signed_are_told_once_they_are_filed(people):
    own = a_paper_filed(people)
    paper(people, title="还没有提交的")
    (signer,) = own.signers.all()
    assert dict(sections(own.lead)[Part.SUGGESTIONS].facts)["领衔提出建议、议案"] == "1 件"
    assert dict(sections(signer.deputy)[Part.SUGGESTIONS].facts)["附议"] == "1 件"
    (item,) = (item for item in sections(signer.deputy)[Part.SUGGESTIONS].items if item.title == own.title)
    assert item.note.endswith("附议")


def test_what_waits_for_the_office_is_shown_and_not_counted(busy):
    section = sections(busy)[Part.COMMENDATIONS]
    assert section.facts == [("表彰奖励", "0 项")] and section.items[0].is_waiting


def test_private_data_is_for_who_keeps_the_record(people, busy):
    Deputy.objects.filter(pk=busy.pk).update(phone="13700009999", born_in="1968-05", certificate="BAX1")
    busy.refresh_from_db()
    told = str(duty_record.gather(busy, YEAR, private=False))
    assert "13700009999" not in told and "1968-05" not in told and "BAX1" not in told


def test_a_score_says_how_it_came_about(busy):
    for item, points, most in ((Scored.TRAINING, 3, 9), (Scored.CONTACTS, Decimal("0.5"), 5), (Scored.CASES, 8, 10)):
        DutyWeight.objects.create(county=busy.county, item=item, points=points, most=most)
    counts = duty_record.counts_of(Deputy.objects.filter(pk=busy.pk), YEAR)[busy.pk]
    counts[Scored.CASES] = 2
    score = duty_record.score(counts, duty_record.weights_of(busy.county_id))
    assert [(line.count, line.got, line.is_capped) for line in score.lines] == [
        (1, 3, False),
        (1, Decimal("0.5"), False),
        (2, 10, True),
    ]
    assert (score.total, score.most) == (Decimal("13.5"), 24)


def test_without_weights_there_is_no_score(people, busy, as_user):
    page = as_user(people.town_staff).get(reverse("reports:duty_record", args=[busy.pk]))
    assert page.context["score"] is None and "履职得分" not in page.content.decode()


def test_many_deputies_cost_no_more_queries(people, busy, django_assert_num_queries):
    with django_assert_num_queries(10):
        duty_record.counts_of(Deputy.objects.all(), YEAR)


def test_the_summary_agrees_with_the_record(people, busy, as_user):
    rows = as_user(people.hub_staff).get(reverse("reports:duty_scores")).context["rows"]
    listed = {deputy.pk: counts for deputy, counts, _ in rows}
    assert listed[busy.pk] == list(duty_record.counts_of(Deputy.objects.filter(pk=busy.pk), YEAR)[busy.pk].values())


def test_the_public_sees_what_the_office_chose_and_nothing_else(people, busy, as_user, client):
    cache.clear()
    factories.duty_entry(busy, DutyKind.TRAINING, title="向张建国书记学习")
    page = reverse("portal:deputy", args=[busy.pk])
    assert "履职情况" not in client.get(page).content.decode()
    factories.duty_entry(busy, DutyKind.TRAINING, title="还没核定的班", confirmed_at=None)
    release = reverse("reports:release_duty", args=[busy.pk])
    as_user(people.town_staff).post(release, {"year": YEAR, "parts": ["training", "suggestions", "basic", "made-up"]})
    cache.clear()
    text = client.get(page).content.decode()
    assert f"{YEAR} 年履职情况" in text and "履职培训班" in text and "接待登记" in text
    assert "视察学校" not in text and "沿太行高速" not in text and "张建国" not in text
    assert "优秀代表" not in text and "还没核定的班" not in text
    assert [part["label"] for part in DutyPublication.objects.get().shown] == ["学习培训", "意见建议"]
    as_user(people.town_staff).post(release, {"year": YEAR})
    cache.clear()
    assert "履职情况" not in client.get(page).content.decode()
    assert Event.objects.filter(action="duty_release").count() == 2


def test_a_case_is_never_named_in_public(busy):
    shown = duty_record.public_text(duty_record.gather(busy, YEAR, private=False), ["suggestions", "activities"])
    assert all(part["titles"] == [] for part in shown)


def test_the_deputy_does_not_release_the_own_record(people, busy, as_user):
    answer = as_user(people.deputy_user).post(reverse("reports:release_duty", args=[busy.pk]), {"parts": ["training"]})
    assert answer.status_code == 403 and not DutyPublication.objects.exists()


def test_it_prints_on_paper_with_what_is_confirmed(people, busy, as_user):
    page = as_user(people.deputy_user).get(reverse("reports:duty_sheet", args=[busy.pk])).content.decode()
    assert "人大代表履职档案" in page and "履职培训班" in page and "优秀代表" not in page


@pytest.mark.skipif(not pdf.can_render(), reason="no WeasyPrint on this machine")
def test_it_is_a_pdf_whose_leaving_is_an_event(people, busy, as_user):
    answer = as_user(people.town_staff).get(reverse("reports:duty_sheet", args=[busy.pk]), {"as": "pdf"})
    assert b"".join(answer.streaming_content).startswith(b"%PDF-")
    assert Event.objects.get(action="export").after["ledger"] == "duty_record"


def test_the_log_of_contacts_prints_with_the_columns_of_the_form_and_is_an_event(people, busy, as_user):
    page = as_user(people.town_staff).get(reverse("reports:contact_sheet", args=[busy.pk])).content.decode()
    assert all(word in page for word in ("联系群众", "住址", "电话", "反映问题", "处理情况", "孙长河", "13700001111"))
    assert Event.objects.get(action="export").after["ledger"] == "contact_sheet"
