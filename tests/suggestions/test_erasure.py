import pytest
from django.core.management import call_command
from django.db import connection

from history.models import Event
from suggestions import workflow
from suggestions.choices import State
from suggestions.erasure import erase_voter
from suggestions.errors import NotAllowed, WorkflowError
from suggestions.models import Voter
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return factories.cast()


def test_erased_data_is_gone_and_the_history_still_verifies(people, capsys):
    case = factories.case_in(people, State.HANDED_OVER)
    workflow.remark(case.pk, note="赵小满来过电话", by=people.town_staff)
    workflow.reply(case.pk, text="已修好", by=people.deputy_user)
    workflow.archive(case.pk, by=people.town_staff)
    voter = erase_voter(Voter.objects.get().pk, by=people.town_staff)
    assert voter.masked_name == "（已删除）" and not (voter.name or voter.phone or voter.phone_index or voter.address)
    assert not Event.objects.filter(chain=case.chain).exclude(note="").exists()
    assert Event.objects.filter(chain=case.chain).last().action == "erase"
    call_command("verify_events")
    assert "没有问题" in capsys.readouterr().out


def test_data_is_kept_while_the_case_is_open(people):
    factories.case_in(people, State.HANDLING)
    with pytest.raises(WorkflowError, match="办结以后才能删除"):
        erase_voter(Voter.objects.get().pk, by=people.town_staff)


@pytest.mark.parametrize("who", ["point_staff", "clerk", "deputy_user", "officer_user", "other_town_staff"])
def test_only_the_office_of_the_desk_may_erase(people, who):
    factories.case_in(people, State.CLOSED)
    with pytest.raises(NotAllowed):
        erase_voter(Voter.objects.get().pk, by=getattr(people, who))


def test_it_is_erased_once(people):
    factories.case_in(people, State.CLOSED)
    voter = erase_voter(Voter.objects.get().pk, by=people.hub_staff)
    with pytest.raises(WorkflowError, match="已经删除"):
        erase_voter(voter.pk, by=people.hub_staff)


@pytest.mark.parametrize("state", State.values)
def test_planted_personal_data_is_in_no_event_and_no_message(people, state):
    factories.case_in(people, state)
    with connection.cursor() as cursor:
        for table in ("history_event", "messaging_outboxrow", "suggestions_suggestion", "suggestions_voter"):
            cursor.execute(f"SELECT * FROM {table}")
            stored = str(cursor.fetchall())
            for secret in ("赵小满", "13800001234", "甲村三组", "钱有才", "13900005678"):
                assert secret not in stored, (table, secret)


def test_the_office_erases_on_request_from_the_page_of_the_case(people, as_user):
    case = factories.case_in(people, State.CLOSED)
    voter = Voter.objects.get()
    client = as_user(people.town_staff)
    assert "删除个人信息" in client.get(f"/cases/{case.pk}/").content.decode()
    page = client.post(f"/cases/{case.pk}/erase/", {"voter": voter.pk}, follow=True).content.decode()
    assert "已经删除，不能恢复" in page and "（已删除）" in page and "删除个人信息？" not in page
    voter.refresh_from_db()
    assert voter.erased_at and not (voter.name or voter.phone or voter.address)


def test_while_the_case_is_open_the_office_reads_why_not(people, as_user):
    case = factories.case_in(people, State.HANDLING)
    client = as_user(people.town_staff)
    assert "删除个人信息" not in client.get(f"/cases/{case.pk}/").content.decode()
    page = client.post(f"/cases/{case.pk}/erase/", {"voter": Voter.objects.get().pk}, follow=True).content.decode()
    assert "办结以后才能删除" in page and not Voter.objects.get().erased_at


def test_a_voter_of_another_case_is_not_erased_through_this_one(people, as_user):
    case = factories.case_in(people, State.CLOSED)
    other = factories.case_in(people, State.CLOSED)
    as_user(people.town_staff).post(f"/cases/{case.pk}/erase/", {"voter": other.voters.get().pk})
    assert not other.voters.get().erased_at
