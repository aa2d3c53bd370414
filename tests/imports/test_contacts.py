"""Whom deputies keep contact with out of a table, and the talks of rows that say when."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from deputies.models import Constituent, Contact
from imports import changes, undoing
from imports.kinds import KINDS
from imports.rows import NEW, REFUSED, SAME
from tests.imports.files import xlsx

HEADINGS = ("代表", "群众姓名", "住址", "联系电话", "联系时间", "方式", "反映问题")


def upload(people, *rows, office=None, by=None):
    content = xlsx([HEADINGS, *rows])
    return changes.upload(
        KINDS["contacts"], office or people.hub, actor=by or people.hub_staff, name="联系.xlsx", content=content
    )


def why(one, number=2):
    (row,) = [row for row in changes.preview(one).rows if row["number"] == number]
    return " ".join(f"{heading}：{why}" for heading, why, _ in row["troubles"])


def test_lists_and_talks_come_in_and_are_known_again(people):
    day = timezone.localdate() - dt.timedelta(days=40)
    rows = [
        ("张为民", "赵小满", "甲村一组", 13800001234.0, day, "电话", "路灯不亮"),
        ("张为民", "赵小满", "甲村一组", "13800001234", day + dt.timedelta(days=30), "", ""),
        ("李建设", "钱小寒", "乙村", "", "", "", ""),
    ]
    one = changes.confirm(upload(people, *rows).pk, actor=people.hub_staff)
    assert one.counts[NEW] == 3
    kept = Constituent.objects.get(deputy=people.deputy)
    assert (kept.name, kept.phone, kept.since) == ("赵小满", "13800001234", day)
    assert list(Contact.objects.order_by("happened_on").values_list("way", "asked")) == [
        ("phone", "路灯不亮"),
        ("visit", ""),
    ]
    assert Contact.objects.first().month.day == 1
    assert upload(people, *rows).counts[SAME] == 3
    undoing.undo(one.pk, actor=people.hub_staff)
    assert not Constituent.objects.exists() and not Contact.objects.exists()


def test_undo_is_refused_once_a_talk_was_added(people):
    one = changes.confirm(upload(people, ("张为民", "赵小满", "甲村", "", "", "", "")).pk, actor=people.hub_staff)
    Contact.objects.create(
        deputy=people.deputy,
        constituent=Constituent.objects.get(),
        happened_on=timezone.localdate(),
        way="visit",
        entered_at=timezone.now(),
    )
    with pytest.raises(ValidationError, match="联系群众下已有 1 条联系记录"):
        undoing.undo(one.pk, actor=people.hub_staff)


def test_what_cannot_be(people):
    today = timezone.localdate()
    one = upload(
        people,
        ("没有人", "赵小满", "", "", "", "", ""),
        ("张为民", "赵小满", "", "", today + dt.timedelta(days=1), "", ""),
        ("张为民", "赵小满", "", "", today - dt.timedelta(days=400), "", ""),
        ("张为民", "钱小寒", "甲村", "13800001234", "", "", ""),
        ("张为民", "孙小寒", "甲村", "13800001234", "", "", ""),
    )
    assert "没有在任代表没有人" in why(one, 2)
    assert "不能晚于今天" in why(one, 3) and "一年以内" in why(one, 4)
    assert "和第 5 行重复" in why(one, 6)
    assert one.counts == {NEW: 1, "changed": 0, SAME: 0, REFUSED: 4}


def test_a_township_keeps_the_lists_of_its_own_deputies(people):
    rows = (("张为民", "赵小满", "", "", "", "", ""), ("李建设", "钱小寒", "", "", "", "", ""))
    one = upload(people, *rows, office=people.town, by=people.town_staff)
    assert one.counts[NEW] == 1 and "没有在任代表李建设" in why(one, 3)


def test_the_ledger_of_contacts_goes_in_again(people, as_user):
    row = ("张为民", "赵小满", "甲村", "13800001234", timezone.localdate(), "电话", "路灯不亮")
    changes.confirm(upload(people, row).pk, actor=people.hub_staff)
    content = as_user(people.hub_staff).get(reverse("reports:export_contacts")).getvalue()
    one = changes.upload(KINDS["contacts"], people.hub, actor=people.hub_staff, name="登记表.xlsx", content=content)
    assert one.counts[SAME] == 1


def test_who_is_no_longer_contacted_comes_with_the_last_day_and_keeps_the_talks_before(people):
    ago = [timezone.localdate() - dt.timedelta(days) for days in (200, 100, 50)]
    heads = ("代表", "群众姓名", "住址", "开始联系", "停止联系")
    rows = [("张为民", "赵小满", "甲村", ago[0], ago[1])]

    def send(headings, *rows):
        content = xlsx([headings, *rows])
        return changes.upload(KINDS["contacts"], people.hub, actor=people.hub_staff, name="联系.xlsx", content=content)

    changes.confirm(send(heads, *rows).pk, actor=people.hub_staff)
    kept = Constituent.objects.get()
    assert (kept.since, kept.until) == (ago[0], ago[1]) and send(heads, *rows).counts[SAME] == 1
    talks = [("张为民", "赵小满", "甲村", ago[1]), ("张为民", "赵小满", "甲村", ago[2])]
    changes.confirm(send(("代表", "群众姓名", "住址", "联系时间"), *talks).pk, actor=people.hub_staff)
    assert kept.contacts.get().happened_on == ago[1]
    assert Constituent.objects.current().get().since == ago[2]  # listed anew
    wrong = send(heads, ("张为民", "钱二", "甲村", ago[1], ago[0]))
    assert "早于开始联系" in why(wrong)
