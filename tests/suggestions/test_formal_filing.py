"""预审 and 立案: the check list, sent back, numbered without gap or double, handed to the workflow of cases."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from deputies.models import Level, Status
from messaging.models import OutboxRow
from suggestions import formal, formal_filing, formal_signing, workflow
from suggestions.choices import Channel, State
from suggestions.formal_filing import Check
from suggestions.models import Formal, FormalSeries, FormalState
from tests import factories as cast
from tests.suggestions import factories
from tests.suggestions.acts import fresh, said

ALL = Check.values


def submitted(people, **fields):
    return formal.submit(factories.paper(people, **fields).pk, by=people.deputy_user)


def check(paper):
    return reverse("suggestions:check_formal", args=[paper.pk])


def test_a_checked_paper_gets_its_number_and_a_case_at_the_office(people, as_user):
    paper = submitted(people)
    answer = as_user(people.hub_staff).post(check(paper), {"checks": ALL, "version": paper.version, "file": "1"})
    paper.refresh_from_db()
    assert paper.state == FormalState.FILED and paper.number == "第十六届第三次会议闭会期间代表建议第1号"
    assert answer.url == reverse("suggestions:case", args=[paper.case_id]) and paper.number in said(answer)
    case = paper.case
    assert (case.kind, case.state, case.desk, case.deputy) == (
        "suggestion",
        State.REGISTERED,
        people.hub,
        people.deputy,
    )
    assert case.channel == Channel.VISIT and "水利局" in case.opinion
    assert OutboxRow.objects.filter(person=people.deputy_user, subject__startswith="代表建议已受理").exists()


def test_a_motion_becomes_one_case_with_its_three_parts(people):
    paper = factories.sign(factories.paper(people, **factories.MOTION), factories.colleagues(people, 9), people)
    filed = factories.filed(paper, people)
    assert filed.number == "第十六届第三次会议议案第1号" and filed.case.kind == "motion"
    assert filed.case.channel == Channel.SESSION
    assert filed.case.content.split("\n\n") == [
        "案由：灌溉渠年久失修",
        "案据：三年来断水七次",
        "方案：渠道漏水，建议整修。",
    ]


@pytest.mark.parametrize("missing", ALL)
def test_every_point_of_the_list_is_ticked_or_it_is_not_filed(people, missing):
    paper = submitted(people)
    with pytest.raises(ValidationError, match=Check(missing).label.partition("：")[0]):
        formal_filing.file(paper.pk, by=people.hub_staff, checks=[one for one in ALL if one != missing])
    assert not FormalSeries.objects.exists()


def test_a_motion_that_lost_a_signer_meanwhile_is_refused_with_the_numbers_and_takes_no_number(people, as_user):
    deputies = factories.colleagues(people, 9)
    paper = factories.sign(factories.paper(people, **factories.MOTION), deputies, people)
    paper = formal.submit(paper.pk, by=people.hub_staff)
    deputies[0].status = Status.ENDED
    deputies[0].save()
    page = as_user(people.hub_staff).post(check(paper), {"checks": ALL, "version": paper.version})
    text = page.content.decode()
    assert "10 名以上" in text and "现在共 9 名，还差 1 名" in text and "附议1已不在任" in text
    assert Formal.objects.get().state == FormalState.SUBMITTED and not FormalSeries.objects.exists()


def test_sent_back_with_the_reason_and_put_in_again(people, as_user):
    paper = submitted(people)
    client = as_user(people.hub_staff)
    empty = client.post(check(paper), {"return": "1", "reason": "", "version": paper.version})
    assert "要改什么" in empty.content.decode()
    client.post(
        check(paper), {"return": "1", "reason": "一件写了两个问题", "checks": ["remit"], "version": paper.version}
    )
    assert OutboxRow.objects.filter(person=people.deputy_user, subject="代表建议退回修改").exists()
    page = as_user(people.deputy_user).get(reverse("suggestions:formal", args=[paper.pk])).content.decode()
    assert "一件写了两个问题" in page
    paper.refresh_from_db()
    formal.edit(paper.pk, by=people.deputy_user, texts=factories.texts(title="只写渠道"), version=paper.version)
    assert formal.submit(paper.pk, by=people.deputy_user).state == FormalState.SUBMITTED


def test_what_looks_like_personal_data_is_shown_beside_the_list(people, as_user):
    paper = submitted(people, content="请联系赵小满，电话13800001234。")
    assert "13800001234" in str(formal_filing.findings(paper))
    assert "像个人信息" in as_user(people.hub_staff).get(check(paper)).content.decode()


@pytest.mark.parametrize("seat", ["deputy_user", "town_staff"])
def test_only_the_receiving_office_checks(people, seat):
    paper = submitted(people)
    for act in (formal_filing.file, formal_filing.send_back):
        with pytest.raises(PermissionDenied):
            act(paper.pk, by=getattr(people, seat), checks=ALL, **({"reason": "x"} if "back" in act.__name__ else {}))


def test_what_is_not_put_in_is_not_filed(people):
    paper = factories.paper(people)
    with pytest.raises(ValidationError, match="征集附议"):
        formal_filing.file(paper.pk, by=people.hub_staff, checks=ALL)


def test_numbers_run_by_session_and_kind_without_gap_or_double(people):
    numbers = [factories.filed(factories.paper(people), people).seq for _ in range(3)]
    assert numbers == [1, 2, 3]
    assert factories.filed(factories.paper(people, session=4), people).seq == 1
    assert factories.filed(factories.paper(people, in_session=True), people).seq == 1
    motion = factories.sign(factories.paper(people, **factories.MOTION), factories.colleagues(people, 9), people)
    assert factories.filed(motion, people).seq == 1


def test_each_township_counts_for_itself(people):
    factories.term(people, Level.TOWNSHIP)
    (near,) = factories.colleagues(people, 1, Level.TOWNSHIP)
    for lead, office in ((near, people.town), (people.other_deputy, people.other_town)):
        paper = formal.raise_formal(lead, by=people.hub_staff, texts=factories.texts())
        filed = factories.filed(paper, people)
        assert (filed.seq, filed.case.desk) == (1, office)


def test_a_filing_that_fails_leaves_no_gap(people, monkeypatch):
    paper = submitted(people)
    monkeypatch.setattr("suggestions.formal_filing.tell_signers", lambda *args, **more: 1 / 0)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        formal_filing.file(paper.pk, by=people.hub_staff, checks=ALL)
    monkeypatch.undo()
    assert formal_filing.file(paper.pk, by=people.hub_staff, checks=ALL).seq == 1


def test_the_database_refuses_a_second_paper_of_the_same_number(people):
    one, two = (factories.filed(factories.paper(people), people) for _ in range(2))
    with pytest.raises(IntegrityError), transaction.atomic():
        Formal.objects.filter(pk=two.pk).update(seq=one.seq)


def test_sources_nobody_has_assigned_go_into_the_case_and_get_its_answer(people):
    waiting = cast.register(people)
    handled = cast.case_in(people, State.HANDLING)
    paper = factories.paper(people, sources=[waiting, handled])
    filed = factories.filed(paper, people)
    assert (fresh(waiting).state, fresh(waiting).merged_into_id) == (State.MERGED, filed.case_id)
    assert fresh(handled).state == State.HANDLING


def test_the_office_may_leave_the_sources_where_they_are(people):
    waiting = cast.register(people)
    factories.filed(factories.paper(people, sources=[waiting]), people, merge=False)
    assert fresh(waiting).state == State.REGISTERED


def test_filed_nothing_of_it_changes_any_more(people):
    paper = factories.a_paper_filed(people)
    signer = paper.signers.get()
    for act in (
        lambda: formal.edit(paper.pk, by=people.deputy_user, texts=factories.texts()),
        lambda: formal.withdraw(paper.pk, by=people.deputy_user, reason="不提了"),
        lambda: formal.change_lead(paper.pk, by=people.town_staff, signer=signer.pk),
        lambda: formal_signing.ask(paper.pk, factories.colleagues(people, 1), by=people.town_staff),
        lambda: formal_filing.file(paper.pk, by=people.hub_staff, checks=ALL),
        lambda: formal_signing.answer(signer.pk, "withdraw", by=people.hub_staff, on_paper=True),
    ):
        with pytest.raises(ValidationError, match="已受理"):
            act()


def test_it_goes_the_way_of_every_case(people):
    case = factories.a_paper_filed(people).case
    workflow.assign(case.pk, by=people.hub_staff, lead=people.county_department)
    assert fresh(case).state == State.ASSIGNED
