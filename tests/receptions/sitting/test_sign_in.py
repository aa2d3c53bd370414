"""Deputies and officers sign in."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from deputies.models import Deputy, Level
from history.models import Event
from receptions import rosters, sittings
from receptions.models import Duty, OfficerSignIn
from receptions.sittings import SittingError, Stale
from tests import factories
from tests.receptions.sitting.scene import close, duty_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("badge", [True, False])
def test_a_deputy_signs_in_with_or_without_badge(people, opened, badge):
    duty = sittings.sign_in(opened.pk, duty_of(opened, people.deputy).pk, badge=badge, by=people.town_staff)
    duty.refresh_from_db()
    assert duty.signed_in_at is not None and duty.badge_worn is badge


def test_signing_in_again_keeps_the_time_and_changes_the_badge(people, opened):
    pk = duty_of(opened, people.deputy).pk
    first = sittings.sign_in(opened.pk, pk, badge=False, by=people.town_staff)
    second = sittings.sign_in(opened.pk, pk, badge=True, by=people.town_staff)
    assert (second.signed_in_at, second.badge_worn) == (first.signed_in_at, True)


def test_a_sign_in_that_was_forgotten_is_made_up_for_after_the_close(people, opened):
    close(opened, people.town_staff)
    sittings.sign_in(opened.pk, duty_of(opened, people.deputy).pk, badge=True, by=people.town_staff)
    duty = duty_of(opened, people.deputy)
    assert duty.signed_in_at is not None and duty.absent_reason == ""
    assert Event.objects.filter(chain=opened.chain).latest("seq").after["late"]


def test_a_sign_in_is_undone(people, opened):
    pk = duty_of(opened, people.deputy).pk
    sittings.sign_in(opened.pk, pk, badge=True, by=people.town_staff)
    sittings.undo_sign_in(opened.pk, pk, by=people.town_staff)
    duty = Duty.objects.get(pk=pk)
    assert (duty.signed_in_at, duty.badge_worn) == (None, False)
    with pytest.raises(Stale, match="已经撤销"):
        sittings.undo_sign_in(opened.pk, pk, by=people.town_staff)


def test_who_received_voters_stays_signed_in(people, opened):
    pk = duty_of(opened, people.deputy).pk
    sittings.sign_in(opened.pk, pk, badge=True, by=people.town_staff)
    factories.register(people, reception_day=opened)
    with pytest.raises(SittingError, match="已经接待了选民"):
        sittings.undo_sign_in(opened.pk, pk, by=people.town_staff)


def test_a_duty_that_is_gone_is_said_to_be(people, opened):
    pk = duty_of(opened, people.deputy).pk
    Duty.objects.filter(pk=pk).delete()
    with pytest.raises(Stale, match="值班表刚刚有变动"):
        sittings.sign_in(opened.pk, pk, badge=True, by=people.town_staff)


def test_officers_sign_in_and_are_taken_back(people, opened):
    sittings.sign_in_officer(opened.pk, people.officer.pk, by=people.town_staff)
    sittings.sign_in_officer(opened.pk, people.officer.pk, by=people.town_staff)
    assert OfficerSignIn.objects.count() == 1
    sittings.undo_officer(opened.pk, people.officer.pk, by=people.town_staff)
    assert not OfficerSignIn.objects.exists()


def test_a_deputy_is_added_while_the_day_is_held_and_the_way_leads_back_to_the_desk(people, opened, as_user):
    extra = Deputy.objects.create(county=people.county, home_station=people.town, name="赵一诺", level=Level.COUNTY)
    client = as_user(people.town_staff)
    assign = reverse("receptions:assign", args=[opened.pk]) + "?back=desk"
    assert assign in client.get(reverse("suggestions:desk", args=[opened.pk])).content.decode()
    done = client.post(assign, {"deputy": extra.pk}, follow=True)
    assert "赵一诺已排到" in done.content.decode() and "回到接待台" in done.content.decode()
    assert done.context["back_url"] == reverse("suggestions:desk", args=[opened.pk])
    sittings.sign_in(opened.pk, duty_id=duty_of(opened, extra).pk, badge=True, by=people.town_staff)


def test_only_who_was_added_at_the_desk_by_a_slip_is_taken_off_again(people, opened):
    extra = Deputy.objects.create(county=people.county, home_station=people.town, name="赵一诺", level=Level.COUNTY)
    rosters.assign(opened.pk, extra.pk, by=people.town_staff)
    with pytest.raises(ValidationError, match="已经开始"):
        rosters.unassign(opened.pk, people.deputy.pk, by=people.town_staff)
    assert rosters.unassign(opened.pk, extra.pk, by=people.town_staff)
    rosters.assign(opened.pk, extra.pk, by=people.town_staff)
    sittings.sign_in(opened.pk, duty_id=duty_of(opened, extra).pk, badge=True, by=people.town_staff)
    with pytest.raises(ValidationError, match="已经开始"):
        rosters.unassign(opened.pk, extra.pk, by=people.town_staff)


def test_nobody_is_added_to_a_day_that_is_closed(people, opened):
    close(opened, people.town_staff)
    extra = Deputy.objects.create(county=people.county, home_station=people.town, name="赵一诺", level=Level.COUNTY)
    with pytest.raises(ValidationError, match="不能再改"):
        rosters.assign(opened.pk, extra.pk, by=people.town_staff)
