"""The roster of deputies out of a table: new, changed, unchanged, refused; matched, not doubled."""

import datetime as dt

import pytest

from deputies.models import Constituency, Deputy, Level, Status, Term
from history.models import Event
from imports import changes
from imports.kinds import KINDS
from imports.rows import CHANGED, NEW, REFUSED, SAME
from tests.imports.files import deputies, xlsx

KIND = KINDS["deputies"]


def upload(people, content, office=None, by=None):
    return changes.upload(KIND, office or people.hub, actor=by or people.hub_staff, name="代表.xlsx", content=content)


def rows(one):
    return {row["number"]: row for row in changes.preview(one).rows}


def why(one, number):
    return " ".join(f"{heading}：{why}｜{suggestion}" for heading, why, suggestion in rows(one)[number]["troubles"])


def test_new_deputies_are_made_with_everything_the_table_says(people):
    town = people.town
    headings = (
        "姓名",
        "性别",
        "出生年月",
        "单位及职务",
        "层级",
        "届次",
        "届次开始日期",
        "选区",
        "代表证号",
        "电话",
        "联络站",
        "行业",
    )
    line = (
        "王 建国",
        "男",
        "1968年5月",
        "甲村党支部书记",
        "乡镇代表",
        "第十六届",
        "2021-11-01",
        "第三选区",
        "0012",
        13800001111.0,
    )
    one = upload(people, xlsx([headings, (*line, town.name, "村干部")]))
    assert one.counts == {NEW: 1, CHANGED: 0, SAME: 0, REFUSED: 0}
    assert not Deputy.objects.filter(name="王建国").exists()
    changes.confirm(one.pk, actor=people.hub_staff)
    deputy = Deputy.objects.get(name="王建国")
    assert (deputy.gender, deputy.born_in, deputy.ethnicity, deputy.level) == ("男", "1968-05", "汉族", Level.TOWNSHIP)
    assert (deputy.certificate, deputy.phone, deputy.home_station, deputy.trade) == (
        "0012",
        "13800001111",
        town,
        "cadre",
    )
    assert (deputy.term.name, deputy.term.starts_on) == ("第十六届", dt.date(2021, 11, 1))
    assert (deputy.constituency.name, deputy.constituency.station) == ("第三选区", town)
    assert deputy.pinyin.startswith("wang jian guo") and deputy.initials == "wjg"


def test_the_same_table_again_changes_nothing(people):
    content = deputies(
        ("王建国", "县代表", "13800001111", people.town.name), ("王建国", "县代表", "13800002222", people.town.name)
    )
    changes.confirm(upload(people, content).pk, actor=people.hub_staff)
    assert upload(people, content).counts == {NEW: 0, CHANGED: 0, SAME: 2, REFUSED: 0}
    assert Deputy.objects.filter(name="王建国").count() == 2


def test_who_is_there_is_known_by_certificate_and_shows_old_and_new(people):
    Deputy.objects.filter(pk=people.deputy.pk).update(certificate="07", phone="13800003333")
    headings = ("代表姓名", "代表层级", "代表证号", "手机", "所属联络站")
    one = upload(people, xlsx([headings, ("张为民", "县代表", "07", "13800004444", "博爱县乙镇联络站")]))
    assert rows(one)[2]["changes"] == [
        ["电话", "13800003333", "13800004444"],
        ["联络站", "博爱县甲镇联络站", "博爱县乙镇联络站"],
    ]
    changes.confirm(one.pk, actor=people.hub_staff)
    people.deputy.refresh_from_db()
    assert (people.deputy.phone, people.deputy.home_station) == ("13800004444", people.other_town)
    moved = Event.objects.get(action="deputy_edit", after__deputy=people.deputy.pk)
    assert moved.before["home_station"] == people.town.pk and moved.actor == people.hub_staff


def test_a_blank_cell_leaves_what_is_there(people):
    Deputy.objects.filter(pk=people.deputy.pk).update(phone="13800003333", post="教师")
    content = xlsx([("姓名", "层级", "联络站", "电话", "单位及职务"), ("张为民", "县代表", people.town.name, "", "")])
    assert upload(people, content).counts[SAME] == 1


@pytest.mark.parametrize(
    ("stored", "line", "verdict"),
    [
        ({"phone": "13800003333"}, ("张为民", "县代表", "13800003333", ""), SAME),
        ({}, ("张为民", "县代表", "13800003333", "博爱县甲镇联络站"), CHANGED),
        ({"phone": "13800003333"}, ("张为民", "县代表", "13800009999", "博爱县乙镇联络站"), NEW),  # a namesake
        ({}, ("张为民", "县代表", "", "博爱县乙镇联络站"), REFUSED),  # moved, or a namesake?
        ({}, ("张为民", "县代表", "", ""), REFUSED),
        ({"phone": "13800003333"}, ("张为民", "乡镇代表", "13800003333", "博爱县甲镇联络站"), NEW),  # a second mandate
        ({"phone": "13800003333"}, ("李四", "县代表", "13800003333", "博爱县甲镇联络站"), REFUSED),
        (
            {"phone": "13800003333", "born_in": "1960-01"},
            ("张为民", "县代表", "13800009999", "博爱县甲镇联络站"),
            CHANGED,
        ),
    ],
)
def test_people_are_matched_and_not_doubled(people, stored, line, verdict):
    Deputy.objects.filter(pk=people.deputy.pk).update(**stored)
    assert rows(upload(people, deputies(line)))[2]["verdict"] == verdict


def test_phones_twice_in_the_file_or_taken_in_the_county_are_refused(people):
    Deputy.objects.filter(pk=people.deputy.pk).update(phone="13800003333")
    one = upload(
        people,
        deputies(
            ("赵一", "县代表", "13800001111", people.town.name),
            ("钱二", "县代表", "1380000 1111", people.town.name),
            ("孙三", "县代表", "13800003333", people.town.name),
            ("赵一", "县代表", "13800001111", people.town.name),
        ),
    )
    assert "和第 2 行（赵一）是同一个号码" in why(one, 3)
    assert "已经登记给张为民" in why(one, 4)
    assert "同一名代表" in why(one, 5)
    assert one.counts == {NEW: 1, CHANGED: 0, SAME: 0, REFUSED: 3}


def test_a_deputy_is_not_put_into_another_county(people, strangers):
    one = upload(people, deputies(("赵一", "县代表", "", strangers.town.name)))
    assert "禹州市的站点，不是博爱县的" in why(one, 2)


def test_a_wrong_station_brings_the_nearest_name(people):
    one = upload(people, deputies(("赵一", "县代表", "", "博爱县甲真联络站")))
    assert why(one, 2) == "联络站：博爱县没有这个站点｜博爱县甲镇联络站"


def test_stations_are_known_by_their_short_names(people):
    one = upload(
        people, deputies(("赵一", "县代表", "", "博爱县甲镇"), ("钱二", "县代表", "", "博爱县甲镇/博爱县甲村"))
    )
    assert one.counts[NEW] == 2


def test_a_township_office_touches_its_own_area_only(people):
    one = upload(
        people,
        deputies(
            ("赵一", "乡镇代表", "", people.point.name),
            ("钱二", "乡镇代表", "", people.other_town.name),
            ("孙三", "乡镇代表", "", ""),
            ("李建设", "乡镇代表", "", people.other_town.name),
        ),
        people.town,
        people.town_staff,
    )
    assert one.counts == {NEW: 1, CHANGED: 0, SAME: 0, REFUSED: 3}
    assert "不归博爱县甲镇联络站管理" in why(one, 3)
    assert "乡镇导入的代表要编入本乡镇的站点" in why(one, 4)


def test_everything_that_is_wrong_with_a_row_is_said_at_once(people):
    one = upload(people, deputies(("赵一", "县代表", "138", "乌有镇")))
    assert "电话：不是 11 位" in why(one, 2) and "联络站：博爱县没有" in why(one, 2)


def test_what_must_stand_together_is_asked_for(people):
    headings = ("姓名", "层级", "届次", "状态", "出生年月", "性别")
    Term.objects.create(county=people.county, level=Level.COUNTY, name="第十五届", starts_on="2016-01-01")
    one = upload(people, xlsx([headings, ("赵一", "县级", "第十六届", "终止", "1968.13", "男性")]))
    said = why(one, 2)
    assert "没有这一天" in said or "出生年月" in said
    assert "性别：只能是：男、女｜男" in said
    one = upload(people, xlsx([headings, ("赵一", "县级", "第十六届", "终止", "", "")]))
    assert "同时填“届次开始日期”｜第十五届" in why(one, 2) and "暂停、终止要写明" in why(one, 2)


def test_constituencies_are_made_once_and_announced(people):
    Constituency.objects.create(county=people.county, level=Level.COUNTY, name="第一选区")
    headings = ("姓名", "层级", "选区")
    one = upload(
        people,
        xlsx(
            [headings, ("甲一", "县代表", "第一选区"), ("乙二", "县代表", "第二选区"), ("丙三", "县代表", "第二选区")]
        ),
    )
    assert "将新建选区 1 个：第二选区。" in changes.preview(one).notes
    changes.confirm(one.pk, actor=people.hub_staff)
    assert Constituency.objects.filter(county=people.county).count() == 2


def test_the_status_changes_with_its_note(people):
    content = xlsx(
        [
            ("姓名", "层级", "联络站", "状态", "状态说明"),
            ("张为民", "县代表", people.town.name, "资格终止", "2024 年调离"),
        ]
    )
    changes.confirm(upload(people, content).pk, actor=people.hub_staff)
    people.deputy.refresh_from_db()
    assert people.deputy.status == Status.ENDED
