"""Accounts out of a table: opened with their seats, first passwords handed out once, nobody doubled."""

import io

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher, check_password
from django.core.exceptions import ValidationError
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import User
from deputies.models import Deputy, Level
from history import log
from history.models import Event
from imports import changes, undoing
from imports.kinds import KINDS
from imports.rows import CHANGED, NEW, REFUSED, SAME
from staffing.changes import hash_first
from stations.models import DepartmentStaff, StationStaff
from tests.imports.files import xlsx

HEADINGS = ("姓名", "手机号", "岗位", "站点", "承办单位", "用户名")


def upload(people, *rows, office=None, by=None):
    content = xlsx([HEADINGS, *rows])
    return changes.upload(
        KINDS["accounts"], office or people.hub, actor=by or people.hub_staff, name="账号.xlsx", content=content
    )


def why(one, number):
    (row,) = [row for row in changes.preview(one).rows if row["number"] == number]
    return " ".join(f"{heading}：{why}" for heading, why, _ in row["troubles"])


def test_accounts_with_their_seats_and_passwords_fetched_once(people, as_user):
    free = Deputy.objects.create(county=people.county, name="赵代表", level=Level.COUNTY, home_station=people.town)
    one = upload(
        people,
        ("王敏", "13800001111", "站点工作人员", people.town.name),
        ("王敏", "", "承办单位经办人", "", "住房和城乡建设局"),
        ("赵代表", "13800003333", "人大代表"),
        ("王敏", "13800001111", "经办人", people.town.name, "农业服务中心"),
    )
    assert one.counts == {NEW: 4, CHANGED: 0, SAME: 0, REFUSED: 0}
    client = as_user(people.hub_staff)
    client.post(reverse("imports:confirm", args=[one.pk]))
    first, second = User.objects.filter(name="王敏").order_by("pk")
    assert (first.username, second.username) == ("wangmin", "wangmin2") and first.must_change_password
    assert StationStaff.objects.get(user=first).station == people.town
    assert DepartmentStaff.objects.get(user=first).department.name == "农业服务中心"
    free.refresh_from_db()
    assert free.user.phone == "13800003333"
    answer = client.post(reverse("imports:slips", args=[one.pk]))
    rows = list(load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True))
    slip = next(row for row in rows if row[1] == "wangmin")
    assert check_password(slip[3], first.password)
    assert "农业服务中心" in slip[4] and slip[5].startswith("http")
    again = client.post(reverse("imports:slips", args=[one.pk]), follow=True)
    assert "只能领取一次" in again.content.decode()
    actions = list(Event.objects.filter(actor=people.hub_staff).values_list("action", flat=True))
    assert actions.count("account_create") == 3 and actions.count("seat_give") == 1 and "import_slips" in actions


def test_who_has_an_account_gets_the_seat_and_no_second_one(people):
    User.objects.filter(pk=people.clerk.pk).update(phone="13800002222", name="李经办")
    one = upload(
        people,
        ("李经办", "13800002222", "站点工作人员", people.point.name),
        ("李经办", "13800002222", "经办人", people.town.name, "村镇建设中心"),
    )
    assert one.counts == {NEW: 0, CHANGED: 1, SAME: 1, REFUSED: 0}
    before = User.objects.count()
    changes.confirm(one.pk, actor=people.hub_staff)
    assert User.objects.count() == before
    assert StationStaff.objects.filter(user=people.clerk, station=people.point).exists()
    undoing.undo(one.pk, actor=people.hub_staff)
    assert not StationStaff.objects.filter(user=people.clerk).exists()


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (("别人", "13800002222", "站点工作人员", "博爱县甲镇联络站"), "已经是李经办的账号"),
        (("王敏", "", "站点工作人员", ""), "要写明在哪个站点"),
        (("王敏", "", "经办人", "", "没有这个局"), "没有这个单位"),
        (("王敏", "", "人大代表", ""), "没有这名人大代表"),
        (("张为民", "", "人大代表", ""), "这个岗位已经有登录账号"),
        (("王敏", "0391-8686001", "站点工作人员", "博爱县甲镇联络站"), "请填写 11 位手机号"),
        (("王敏", "13800001111", "站点工作人员", "博爱县甲镇联络站", "", "13800009999"), "必须是本人的手机号"),
        (("王敏", "13800005555", "站点工作人员", "博爱县甲镇联络站"), "不归您管理的账号"),
    ],
)
def test_what_cannot_be(people, strangers, row, reason):
    User.objects.filter(pk=people.clerk.pk).update(phone="13800002222", name="李经办")
    User.objects.filter(pk=strangers.clerk.pk).update(phone="13800005555")
    assert reason in why(upload(people, row), 2)


def test_one_phone_for_two_names_in_the_file(people):
    town = people.town.name
    one = upload(people, ("王敏", "13800001111", "站点工作人员", town), ("赵红", "13800001111", "站点工作人员", town))
    assert "和第 2 行（王敏）相同" in why(one, 3)


def test_a_township_opens_accounts_of_its_own_area(people):
    one = upload(
        people,
        ("王敏", "13800001111", "站点工作人员", people.point.name),
        ("赵红", "13800002222", "站点工作人员", people.other_town.name),
        ("孙红", "13800003333", "经办人", "", "住房和城乡建设局"),
        office=people.town,
        by=people.town_staff,
    )
    assert one.counts[NEW] == 1 and "不归博爱县甲镇联络站管理" in why(one, 3) and "没有这个单位" in why(one, 4)


def test_undo_takes_accounts_that_nobody_used(people):
    free = Deputy.objects.create(county=people.county, name="赵代表", level=Level.COUNTY, home_station=people.town)
    rows = (("王敏", "13800001111", "站点工作人员", people.town.name), ("赵代表", "13800003333", "人大代表"))
    one = changes.confirm(upload(people, *rows).pk, actor=people.hub_staff)
    undoing.undo(one.pk, actor=people.hub_staff)
    free.refresh_from_db()
    assert free.user is None and not User.objects.filter(name="王敏").exists()
    one = changes.confirm(upload(people, *rows).pk, actor=people.hub_staff)
    log.append("x", action="x", actor=User.objects.get(name="王敏"))
    with pytest.raises(ValidationError, match="用户下已有 1 条操作记录"):
        undoing.undo(one.pk, actor=people.hub_staff)


def test_the_quick_hash_of_first_passwords_becomes_a_usual_one_at_the_first_log_in(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    stored = hash_first("hkpm-4827-wxdy")
    renewed = []
    assert check_password("hkpm-4827-wxdy", stored, setter=renewed.append) and renewed == ["hkpm-4827-wxdy"]
    assert PBKDF2PasswordHasher().must_update(stored) and not check_password("hkpm-4827-wxdz", stored)
