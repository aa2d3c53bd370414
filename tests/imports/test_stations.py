"""The tree of stations and the departments out of tables."""

import pytest

from imports import changes
from imports.kinds import KINDS
from imports.rows import CHANGED, NEW, REFUSED, SAME
from stations.models import Department, Kind, Station
from tests.imports.files import xlsx

HEADINGS = ("类别", "名称", "上级站", "行业", "联络员电话", "区划代码")
TOWN, POINT, STUDIO = "乡镇（街道）联络站", "村（社区）联络点", "代表工作室"


def upload(people, *rows, kind="stations", headings=HEADINGS, office=None, by=None):
    content = xlsx([headings, *rows])
    return changes.upload(
        KINDS[kind], office or people.hub, actor=by or people.hub_staff, name="表.xlsx", content=content
    )


def why(one, number):
    (row,) = [row for row in changes.preview(one).rows if row["number"] == number]
    return " ".join(f"{heading}：{why}｜{suggestion}" for heading, why, suggestion in row["troubles"])


def test_a_tree_in_any_order_hangs_as_the_model_would_hang_it(people):
    one = upload(
        people,
        (POINT, "丙村联络点", "丙镇", "", 13800001111.0, "410822103201"),
        ("工作室", "丙镇卫生工作室", "丙镇联络站", "医疗卫生"),
        ("乡镇站", "丙镇联络站"),
        (STUDIO, "企业工作室", people.hub.name, "企业"),
    )
    assert one.counts == {NEW: 4, CHANGED: 0, SAME: 0, REFUSED: 0}
    changes.confirm(one.pk, actor=people.hub_staff)
    town = Station.objects.get(name="丙镇联络站")
    point = Station.objects.get(name="丙村联络点")
    assert town.parent == people.hub and point.parent == town and point.contact_phone == "13800001111"
    for station in Station.objects.filter(county=people.county):
        kept = (station.path, station.search, station.parent_kind)
        station.save()
        assert kept == (station.path, station.search, station.parent_kind)
    assert set(Station.objects.within(town).values_list("name", flat=True)) == {
        "丙镇联络站",
        "丙村联络点",
        "丙镇卫生工作室",
    }


def test_the_same_table_again_changes_nothing(people):
    rows = [(TOWN, "丙镇联络站", ""), (POINT, "丙村联络点", "丙镇联络站")]
    changes.confirm(upload(people, *rows).pk, actor=people.hub_staff)
    assert upload(people, *rows).counts == {NEW: 0, CHANGED: 0, SAME: 2, REFUSED: 0}


def test_a_code_knows_a_station_that_has_another_name_now(people):
    Station.objects.filter(pk=people.point.pk).update(code="410822101201")
    one = upload(people, (POINT, "甲村新联络点", people.town.name, "", "", "410822101201"))
    changes.confirm(one.pk, actor=people.hub_staff)
    people.point.refresh_from_db()
    assert people.point.name == "甲村新联络点" and "甲村新" in people.point.search


def test_a_circle_is_named(people):
    one = upload(people, (TOWN, "子镇联络站", "丑镇联络站"), (TOWN, "丑镇联络站", "子镇联络站"))
    assert "绕成了圈：子镇联络站 → 丑镇联络站 → 子镇联络站" in why(one, 2)
    assert one.counts[REFUSED] == 2
    assert "绕成了圈：寅镇联络站 → 寅镇联络站" in why(upload(people, (TOWN, "寅镇联络站", "寅镇联络站")), 2)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ((POINT, "丙村联络点", "博爱县中心站"), "上级只能是乡镇（街道）联络站"),
        ((POINT, "丙村联络点", ""), "村点要写明属于哪个乡镇站"),
        ((POINT, "丙村联络点", "博爱县甲真联络站"), "没有这个站点，这张表里也没有｜博爱县甲镇联络站"),
        ((STUDIO, "无行业工作室", ""), "要写明行业"),
        (("县级中心站", "另一个中心站", "博爱县甲镇联络站"), "县级中心站没有上级站"),
        (("县级中心站点", "又一个", ""), "只能是：县级中心站"),
        ((TOWN, "博爱县教育工作室", ""), "类别不能改"),
        ((POINT, "丙村联络点", "禹州市甲镇联络站"), "禹州市的站点"),
    ],
)
def test_the_rules_of_the_tree_hold(people, strangers, row, reason):
    assert reason in why(upload(people, row), 2)


def test_children_of_a_refused_row_are_refused_with_it(people):
    one = upload(people, (TOWN, "丙镇联络站", "", "", "138"), (POINT, "丙村联络点", "丙镇联络站"))
    assert "上级站在第 2 行，那一行不能导入" in why(one, 3)


def test_twins_in_the_file(people):
    one = upload(people, (TOWN, "丙镇联络站", ""), (TOWN, "丙 镇联络站", people.hub.name))
    assert "和第 2 行重复" in why(one, 3)


def test_a_closed_station_is_not_brought_back_by_an_import(people):
    Station.objects.filter(pk=people.studio.pk).update(is_active=False)
    assert "已停用" in why(upload(people, (STUDIO, people.studio.name, "", "教育")), 2)


def test_a_township_office_builds_below_itself_only(people):
    one = upload(
        people,
        (POINT, "丙村联络点", ""),
        (POINT, "丁村联络点", people.other_town.name),
        (TOWN, "丙镇联络站", people.hub.name),
        office=people.town,
        by=people.town_staff,
    )
    assert one.counts == {NEW: 1, CHANGED: 0, SAME: 0, REFUSED: 2}
    changes.confirm(one.pk, actor=people.town_staff)
    assert Station.objects.get(name="丙村联络点").parent == people.town


def test_a_station_with_others_below_does_not_move(people):
    Station.objects.filter(pk=people.town.pk).update(code="410822101")
    second = Station.objects.create(
        county=people.county, kind=Kind.STUDIO, name="乙镇工作室", parent=people.other_town, trade="农业"
    )
    Station.objects.filter(pk=second.pk).update(code="9")
    one = upload(people, (STUDIO, "乙镇工作室", people.town.name, "农业", "", "9"))
    assert one.counts[CHANGED] == 1
    changes.confirm(one.pk, actor=people.hub_staff)
    second.refresh_from_db()
    assert second.parent == people.town and second.path.startswith(people.town.path)


DEPARTMENT = ("单位名称", "所属", "联系电话", "主管领域")


def test_departments_are_made_and_known_again(people):
    rows = [
        ("水利局", "", "0391-8686001", "农业农村、环境保护"),
        ("水利站", people.town.name, "", ""),
        ("村镇建设中心", people.town.name, "13800001111", ""),
    ]
    one = upload(people, *rows, kind="departments", headings=DEPARTMENT)
    assert one.counts == {NEW: 2, CHANGED: 1, SAME: 0, REFUSED: 0}
    changes.confirm(one.pk, actor=people.hub_staff)
    made = Department.objects.get(name="水利局")
    assert (made.station, made.phone, made.fields) == (people.hub, "03918686001", "environment,agriculture")
    assert upload(people, *rows, kind="departments", headings=DEPARTMENT).counts[SAME] == 3


def test_departments_hang_at_hubs_and_townships_only(people):
    one = upload(
        people,
        ("水利站", people.point.name, "", ""),
        ("水利站", people.town.name, "", ""),
        ("水利站", people.town.name, "", "修路"),
        kind="departments",
        headings=DEPARTMENT,
    )
    assert "只能属于县级中心站或乡镇" in why(one, 2)
    assert "主管领域：只能是" in why(one, 4)
