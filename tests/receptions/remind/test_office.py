"""What the office must know: nobody on duty, somebody who cannot be told."""

import datetime as dt

import pytest

from deputies.models import Deputy, Level, Status, Term
from messaging.models import Channel, OutboxRow
from noticeboard.models import Notice
from receptions import reminders
from tests import factories
from tests.receptions.remind.scene import (
    DAY,
    a_deputy,
    names,
    put_on,
    run,
    still_true,
    told,
)


def test_a_day_without_deputies_is_told_to_the_office_and_the_notice_says_so(people, group):
    day = factories.reception_day(people, DAY)
    run()
    assert told(":nobody") == [("BA-town_staff", Channel.IN_APP, "11月25日接待日还没有值班代表（博爱县甲镇联络站）")]
    assert "值班代表：待定" in Notice.objects.get().body
    row = OutboxRow.objects.get(key=f"{day.chain}:r1:nobody")
    assert still_true(row)
    put_on(day, people.deputy)
    assert not still_true(row)
    run()
    assert "值班代表：张为民" in Notice.objects.get().body and names().count("张为民") == 1


def test_the_nearest_office_above_is_told_where_a_station_has_nobody(people):
    factories.reception_day(people, DAY, station=people.studio)
    run()
    assert names(":nobody") == ["BA-hub_staff"]


@pytest.mark.parametrize("how", ["ended", "suspended", "term"])
def test_a_deputy_whose_term_ended_is_not_told_and_the_office_sees_it(people, day, how):
    if how == "term":
        term = Term.objects.create(
            county=people.county, level=Level.COUNTY, name="第十五届", starts_on="2021-01-01", ends_on="2026-11-24"
        )
        Deputy.objects.filter(pk=people.deputy.pk).update(term=term)
    else:
        Deputy.objects.filter(pk=people.deputy.pk).update(status=Status(how))
    run()
    assert "张为民" not in names()
    body = OutboxRow.objects.get(key__endswith=":untold1").body
    assert "张为民代表（" in body and {"ended": "资格终止", "suspended": "暂停", "term": "届次已满"}[how] in body
    assert "值班代表：待定" in Notice.objects.get().body and not Notice.objects.get().deputies.exists()


@pytest.mark.parametrize("how", ["suspended", "term"])
def test_a_deputy_barred_after_the_day_was_told_leaves_the_notice_with_the_next_run(people, day, how):
    put_on(day, a_deputy(people, "赵一诺", phone="13900000009"))
    run()
    if how == "suspended":
        Deputy.objects.filter(pk=people.deputy.pk).update(status=Status.SUSPENDED)
    else:
        term = Term.objects.create(
            county=people.county,
            level=people.deputy.level,
            name="第九届",
            starts_on=dt.date(2021, 1, 1),
            ends_on=dt.date(2026, 11, 24),
        )
        Deputy.objects.filter(pk=people.deputy.pk).update(term=term)
    assert run().days == 1
    notice = Notice.objects.get()
    assert people.deputy.name not in notice.body and "赵一诺" in notice.body
    assert people.deputy.name not in names("on2") and people.town_staff.name in names("untold2")
    assert run() == reminders.Told()
    Deputy.objects.filter(pk=people.deputy.pk).update(status=Status.SERVING, term=None)
    assert run().days == 1
    notice.refresh_from_db()
    assert people.deputy.name in notice.body
    assert run() == reminders.Told()


def test_somebody_with_neither_log_in_nor_phone_is_named_to_the_office(people, day):
    put_on(day, a_deputy(people, "钱无信"))
    run()
    assert "钱无信代表（没有账号，也没有电话）" in OutboxRow.objects.get(key__endswith=":untold1").body
