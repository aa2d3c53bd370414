"""The way through a consultation: prepared, told, held, concluded, rated, finished."""

import datetime as dt

import pytest
from django.contrib.messages import get_messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from consultations import conduct, promises
from consultations.models import Consultation, Party, State
from deputies.models import Part
from history.log import broken_links
from history.models import Event
from messaging.models import OutboxRow
from receptions import brands
from receptions.models import Brand
from reports import duty_record
from stations import changes as stations
from suggestions.choices import State as CaseState
from tests import factories
from tests.consultations import talks

NEW = reverse("consultations:create")


def said(answer):
    return " ".join(map(str, get_messages(answer.wsgi_request)))


def url(name, one):
    return reverse(f"consultations:{name}", args=[one.pk])


@pytest.fixture
def sent(people):
    return {
        "topic": "甲村荒地怎么用",
        "background": "荒地长草，年轻人没有地方踢球。",
        "date": talks.today() + dt.timedelta(days=7),
        "starts_at": "15:00",
        "place": "甲村文化大院",
        "office": "甲镇人大主席团",
        "deputies": "张为民",
        "departments": [people.town_department.pk],
        "others": "甲村村委会、施工队",
        "residents": "村民代表 20 人",
    }


# --- before -------------------------------------------------------------------------------


def test_it_begins_from_cases_with_three_kinds_of_party(people, as_user, sent):
    first, second = (factories.register(people, title=title) for title in ("没有球场", "荒地倒垃圾"))
    client = as_user(people.town_staff)
    page = client.get(f"{NEW}?case={first.pk}&station={people.town.pk}").text
    assert first.number in page and first.title in page and "张为民" in page
    brand = factories.brand(people)
    client.post(NEW, {**sent, "cases": f"{first.number}、{second.number.lower()}", "brand": brand.pk})
    one = Consultation.objects.get()
    assert (one.state, one.brand, one.told_at) == (State.PREPARING, brand, None)
    assert set(one.cases.all()) == {first, second}
    assert [party.label for party in one.parties.all()] == ["张为民", "村镇建设中心", "甲村村委会", "施工队"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"departments": [], "others": ""}, "331 协商要有责任方"),
        ({"deputies": "王无此人"}, "没有找到在任代表“王无此人”"),
        ({"cases": "BA2020-99999"}, "没有找到编号为BA2020-99999的意见"),
        ({"background": "身份证 410822199001011234"}, "身份证号"),
        ({"topic": ""}, "请填写"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(people, as_user, sent, change, words):
    page = as_user(people.town_staff).post(NEW, {**sent, **change}).text
    assert words in page and "甲村文化大院" in page and not Consultation.objects.exists()


def test_a_case_of_another_station_is_not_joined(people, as_user, sent):
    theirs = factories.register(people, by=people.other_town_staff, station=people.other_town, deputy=None)
    page = as_user(people.town_staff).post(NEW, {**sent, "cases": theirs.number}).text
    assert "没有找到编号为" in page


def test_nobody_sees_it_before_being_told_and_then_each_party_does(people, as_user):
    one = talks.prepared(people)
    seen = [people.deputy_user, people.clerk]
    assert [as_user(user).get(url("detail", one)).status_code for user in seen] == [404, 404]
    as_user(people.town_staff).post(url("announce", one), {"version": one.version})
    assert [as_user(user).get(url("detail", one)).status_code for user in seen] == [200, 200]
    rows = OutboxRow.objects.filter(key=f"{one.chain}:told:1")
    assert {row.person for row in rows} == set(seen)
    assert "甲村文化大院" in rows[0].body and rows[0].subject == "协商议事通知：甲村排水沟怎么修"


def test_a_change_of_the_place_is_told_again_and_the_old_message_dropped(people, as_user):
    one = talks.told(people)
    assert not one.to_tell
    table = {"deputies": [people.deputy], "departments": [people.town_department], "others": [], "cases": []}
    one = conduct.edit(one.pk, by=people.town_staff, table=table, place="镇政府二楼")
    assert one.to_tell and "安排有变动" in as_user(people.town_staff).get(url("detail", one)).text
    conduct.announce(one.pk, by=people.town_staff)
    first, again = (OutboxRow.objects.filter(key=f"{one.chain}:told:{n}", person=people.clerk).get() for n in (1, 2))
    assert "（有变动）" in again.subject and first.relevance != again.relevance


def test_not_told_without_all_parties_or_after_the_day(people):
    alone = talks.prepared(people, table={"deputies": []})
    with pytest.raises(conduct.ConductError, match="还缺：人大代表"):
        conduct.announce(alone.pk, by=people.town_staff)
    late = talks.prepared(people, date=talks.today() - dt.timedelta(days=1))
    with pytest.raises(conduct.ConductError, match="已经过了"):
        conduct.announce(late.pk, by=people.town_staff)


def test_a_stale_page_changes_nothing_and_keeps_what_was_typed(people, as_user):
    one = talks.told(people)
    sent = {"version": one.version - 1, "reason": "下大雨"}
    page = as_user(people.town_staff).post(url("cancel", one), sent).text
    one.refresh_from_db()
    assert "有了变动" in page and "下大雨" in page and one.state == State.PREPARING


def test_cancelled_with_a_reason_and_told(people, as_user):
    one = talks.told(people)
    as_user(people.town_staff).post(url("cancel", one), {"version": one.version, "reason": "下大雨"})
    one.refresh_from_db()
    assert one.state == State.CANCELLED
    assert "下大雨" in OutboxRow.objects.get(key=f"{one.chain}:cancelled", person=people.deputy_user).body


# --- during -------------------------------------------------------------------------------


def test_not_begun_before_its_day(people):
    one = talks.told(people, date=talks.today() + dt.timedelta(days=1))
    with pytest.raises(conduct.ConductError, match="到那一天才能开始"):
        conduct.start(one.pk, by=people.town_staff)


def test_a_party_signs_in_for_itself_and_for_nobody_else(people, as_user):
    one = talks.underway(people, came=False)
    deputy, department, *_ = one.parties.all()
    page = as_user(people.clerk).get(url("detail", one)).text
    assert "请您签到" in page
    as_user(people.clerk).post(reverse("consultations:sign_in", args=[one.pk, department.pk]), {"who": "孙主任"})
    refused = as_user(people.clerk).post(reverse("consultations:sign_in", args=[one.pk, deputy.pk]))
    came = {party.label: party.who for party in one.parties.filter(signed_in_at__isnull=False)}
    assert came == {"村镇建设中心": "孙主任"} and refused.status_code == 403


def test_no_result_without_all_three_at_the_table(people):
    one = talks.underway(people)
    conduct.undo_sign_in(one.pk, one.parties.get(deputy=people.deputy).pk, by=people.town_staff)
    with pytest.raises(conduct.ConductError, match="还没有签到的人大代表"):
        conduct.conclude(one.pk, by=people.town_staff, **talks.RESULT)


def test_the_result_is_written_down_with_photos_and_may_be_put_right(people, as_user):
    one = talks.underway(people)
    client = as_user(people.town_staff)
    paper = SimpleUploadedFile("签到表.pdf", b"%PDF-1.4")
    client.post(url("conclude", one), {**talks.RESULT, "version": one.version, "attachments": [paper]})
    one.refresh_from_db()
    assert (one.state, one.residents_came, one.files.get().step) == (State.FOLLOWING, 12, "during")
    client.post(url("conclude", one), {**talks.RESULT, "residents_came": 13, "version": one.version})
    one.refresh_from_db()
    assert one.residents_came == 13
    assert "更正纪要和结果" in client.get(url("detail", one)).text


# --- after --------------------------------------------------------------------------------


def test_parties_rate_and_the_villagers_votes_are_counted(people, as_user):
    one = talks.concluded(people)
    as_user(people.deputy_user).post(url("rate", one), {"satisfaction": "satisfied"})
    as_user(people.clerk).post(url("rate", one), {"satisfaction": "basically", "note": "时间紧"})
    client = as_user(people.town_staff)
    one.refresh_from_db()
    # twelve villagers, and the village committee, which has no log-in
    over = {"satisfied": 12, "basically": 1, "dissatisfied": 1, "version": one.version}
    assert "最多 13 票" in client.post(url("count_ratings", one), over).text
    client.post(url("count_ratings", one), {**over, "basically": 0})
    page = client.get(url("detail", one))
    assert page.context["ratings"] == (13, 1, 1) and "时间紧" in page.text


def test_who_did_not_come_does_not_rate(people, as_user):
    one = talks.underway(people, came=False)
    for party in one.parties.exclude(department=people.town_department):
        conduct.sign_in(one.pk, party.pk, by=people.town_staff)
    conduct.sign_in(one.pk, one.parties.get(name="甲村村委会").pk, by=people.town_staff)
    conduct.conclude(one.pk, by=people.town_staff, **talks.RESULT)
    answer = as_user(people.clerk).post(url("rate", one), {"satisfaction": "satisfied"})
    assert "没有签到的记录" in said(answer) and not Party.objects.exclude(satisfaction="").exists()


def test_finished_only_when_no_promise_is_open_and_then_ratings_are_asked(people, as_user):
    promise = talks.promised(people)
    one = promise.consultation
    client = as_user(people.town_staff)
    page = client.post(url("finish", one), {"outcome": "修好了。", "version": one.version}).text
    assert "还有 1 项承诺在办" in page and "修好了。" in page
    promises.end(promise.pk, by=people.town_staff, kept=True, ended_on=talks.today(), ending="已硬化。")
    one.refresh_from_db()
    client.post(url("finish", one), {"outcome": "修好了。", "version": one.version})
    one.refresh_from_db()
    assert one.state == State.FINISHED and one.finished_on == talks.today()
    assert {row.person for row in OutboxRow.objects.filter(key=f"{one.chain}:rate")} == {
        people.deputy_user,
        people.clerk,
    }
    with pytest.raises(conduct.ConductError, match="现在是“已办结”，不能“取消”"):
        conduct.cancel(one.pk, by=people.town_staff, reason="x")


@pytest.mark.parametrize(("days", "waits"), [(0, True), (60, True), (61, False)])
def test_who_came_finds_the_rating_on_the_first_page_until_it_is_given(people, as_user, days, waits):
    promise = talks.promised(people)
    promises.end(promise.pk, by=people.town_staff, kept=True, ended_on=talks.today(), ending="已硬化。")
    one = conduct.finish(promise.consultation_id, by=people.town_staff, outcome="修好了。")
    Consultation.objects.filter(pk=one.pk).update(finished_on=talks.today() - dt.timedelta(days=days))
    client, page = as_user(people.clerk), reverse("suggestions:my_work")
    assert ("请您评价的协商" in client.get(page).text) is waits
    client.post(url("rate", one), {"satisfaction": "satisfied"})
    assert "请您评价的协商" not in client.get(page).text
    assert "请您评价的协商" not in as_user(people.town_staff).get(page).text


# --- what always holds --------------------------------------------------------------------


def test_only_the_station_and_those_above_it_conduct(people):
    one = talks.prepared(people)
    for user in (people.other_town_staff, people.point_staff, people.clerk, people.deputy_user):
        with pytest.raises(PermissionDenied):
            conduct.announce(one.pk, by=user)
    assert conduct.announce(one.pk, by=people.hub_staff).told_at


def test_the_history_of_a_consultation_is_one_whole_chain(people):
    one = talks.promised(people).consultation
    actions = list(Event.objects.filter(chain=one.chain).order_by("seq").values_list("action", flat=True))
    assert actions == ["create", "announce", "start", *["sign_in"] * 3, "conclude", "promise"]
    assert not list(broken_links(one.chain))


def test_the_database_refuses_a_held_one_without_result_and_a_party_that_is_two(people):
    one = talks.prepared(people)
    with pytest.raises(IntegrityError), transaction.atomic():
        Consultation.objects.filter(pk=one.pk).update(state=State.FOLLOWING)
    with pytest.raises(IntegrityError), transaction.atomic():
        Party.objects.create(consultation=one, kind="responsible", deputy=people.deputy, name="他")


def test_the_case_shows_its_consultation_with_the_result(people, as_user):
    case = factories.case_in(people, CaseState.REGISTERED)
    client = as_user(people.town_staff)
    page = client.get(reverse("suggestions:case", args=[case.pk])).text
    assert f"{NEW}?case={case.pk}&amp;station={people.town.pk}" in page
    one = talks.concluded(people, table={"cases": [case]})
    page = client.get(reverse("suggestions:case", args=[case.pk])).text
    assert url("detail", one) in page and "协商结果：由村镇建设中心清淤硬化" in page


def test_what_waits_is_on_the_first_page_of_the_invited(people, as_user):
    one = talks.told(people)
    assert one.topic in as_user(people.deputy_user).get("/work/").text
    promise = talks.promised(people, what="装护栏")
    page = as_user(people.clerk).get("/work/").text
    assert "装护栏" in page and reverse("consultations:report_progress", args=[promise.pk]) in page
    assert "装护栏" not in as_user(people.second_clerk).get("/work/").text


def test_the_list_is_narrowed_and_counts(people, as_user):
    one, other = talks.concluded(people), talks.prepared(people, topic="路灯怎么装", date=dt.date(2020, 5, 1))
    client = as_user(people.hub_staff)
    assert client.get(reverse("consultations:list")).context["figures"].held == 1
    for query, rows in (("state=preparing", [other]), (f"year={one.date.year}", [one]), ("q=路灯", [other])):
        assert client.get(f"{reverse('consultations:list')}?{query}").context["page"].rows == rows
    elsewhere = f"{reverse('consultations:list')}?station={people.other_town.pk}"
    assert client.get(elsewhere).context["page"].rows == []


def test_the_sheet_holds_the_whole_consultation(people, as_user):
    promise = talks.promised(people)
    page = as_user(people.clerk).get(url("sheet", promise.consultation)).text
    for words in ("协商议事记录表", "甲镇人大主席团", "张为民", "清淤并硬化排水沟", talks.RESULT["agreement"]):
        assert words in page


def test_a_brand_of_another_station_is_refused(people):
    brand = factories.brand(people, station=people.other_town)
    with pytest.raises(ValidationError, match="特色载体"):
        talks.prepared(people, brand=brand)


# --- beside the consultation --------------------------------------------------------------


def test_who_came_unexpectedly_is_added_and_who_signed_in_stays(people, as_user):
    one = talks.underway(people)
    client = as_user(people.town_staff)
    start = client.get(url("edit", one)).context["form"].initial
    added = {**start, "others": "甲村村委会、施工队", "brand": "", "version": one.version}
    client.post(url("edit", one), added)
    assert one.parties.filter(name="施工队").exists()
    one.refresh_from_db()
    page = client.post(url("edit", one), {**start, "others": "施工队", "brand": "", "version": one.version}).text
    assert "甲村村委会已经签到，不能移出名单" in page
    later = {**added, "version": one.version, "date": talks.today() + dt.timedelta(days=3)}
    assert "日期不能改到以后" in client.post(url("edit", one), later).text


def test_neither_station_nor_department_is_closed_over_open_talks_and_promises(people):
    promise = talks.promised(people)
    assert "还有 1 次协商没有办结" in stations.open_matters(people.town)
    with pytest.raises(ValidationError, match="还有 1 项协商承诺没有兑现"):
        stations.set_department_active(people.town_department, False, actor=people.town_staff)
    promises.end(promise.pk, by=people.town_staff, kept=True, ended_on=talks.today(), ending="好了。")
    stations.set_department_active(people.town_department, False, actor=people.town_staff)


def test_a_brand_counts_the_consultations_held_under_it(people, client):
    brand = factories.brand(people)
    talks.prepared(people, brand=brand)
    talks.concluded(people, brand=brand)
    assert brands.counted(Brand.objects.all()).get().talks == 1
    assert "协商议事" in client.get(reverse("portal:brand", args=[brand.pk])).text


def test_a_deputys_duty_record_names_the_consultations_the_deputy_sat_at(people):
    talks.concluded(people)
    talks.told(people, topic="没有开成的")
    sections = duty_record.gather(people.deputy, talks.today().year, private=False)
    (activities,) = [section for section in sections if section.part == Part.ACTIVITIES]
    assert ("其中协商议事", "1 次") in activities.facts
    assert [item.title for item in activities.items] == ["参加协商：甲村排水沟怎么修"]


def test_a_long_list_costs_no_more_queries(people, as_user, django_assert_max_num_queries):
    for _ in range(3):
        talks.promised(people)
    client = as_user(people.town_staff)
    client.get(reverse("consultations:list"))
    with django_assert_max_num_queries(14):
        client.get(reverse("consultations:list"))


def test_no_fewer_came_than_were_counted_to_rate(people):
    one = talks.concluded(people)
    conduct.count_ratings(one.pk, by=people.town_staff, satisfied=12, basically=3, dissatisfied=0)
    with pytest.raises(ValidationError, match="已登记 15 票评价"):
        conduct.conclude(one.pk, by=people.town_staff, **{**talks.RESULT, "residents_came": 11})
    assert conduct.conclude(one.pk, by=people.town_staff, **talks.RESULT).residents_came == 12


def test_a_seat_that_the_office_counted_does_not_rate_once_more(people):
    one = talks.concluded(people)
    conduct.count_ratings(one.pk, by=people.town_staff, satisfied=12, basically=3, dissatisfied=0)
    with pytest.raises(ValidationError, match="已经有您的一票"):
        conduct.rate(one.pk, by=people.clerk, satisfaction="satisfied")
    assert not one.parties.filter(rated_at__isnull=False).exists()
    conduct.count_ratings(one.pk, by=people.town_staff, satisfied=12, basically=2, dissatisfied=0)
    assert conduct.rate(one.pk, by=people.clerk, satisfaction="satisfied")


def test_after_the_end_a_rating_that_was_given_stays(people):
    one = talks.concluded(people, table={"deputies": [people.deputy]})
    conduct.rate(one.pk, by=people.deputy_user, satisfaction="not")
    conduct.finish(one.pk, by=people.town_staff, outcome="已修好。")
    with pytest.raises(ValidationError, match="不能再改"):
        conduct.rate(one.pk, by=people.deputy_user, satisfaction="satisfied")
    assert one.parties.get(deputy=people.deputy).satisfaction == "not"
