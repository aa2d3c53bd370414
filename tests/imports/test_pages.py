"""The pages, from the template to the undo, as an office walks them."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from deputies.models import Deputy
from history.models import Event
from imports import changes
from imports.kinds import KINDS
from imports.models import Import, State
from stations.models import StationStaff
from tests.imports.files import deputies, xlsx


def send(client, content, kind="deputies", name="代表.xlsx", **more):
    return client.post(reverse("imports:start", args=[kind]), {"file": SimpleUploadedFile(name, content), **more})


def book_of(answer):
    return load_workbook(io.BytesIO(answer.content))


def test_from_the_upload_to_the_undo(people, as_user):
    client = as_user(people.hub_staff)
    answer = send(client, deputies(("赵一", "县代表", "13800001111", people.town.name), ("钱二", "县代表", "138", "")))
    one = Import.objects.get()
    assert answer["Location"] == reverse("imports:show", args=[one.pk])
    page = client.get(answer["Location"]).content.decode()
    assert "确认导入 1 行" in page and "不是 11 位手机号" in page and not Deputy.objects.filter(name="赵一").exists()
    assert "赵一" in client.get(answer["Location"], {"show": "new"}).content.decode()
    page = client.post(reverse("imports:confirm", args=[one.pk]), follow=True).content.decode()
    assert "代表已导入：新增 1，改动 0" in page and "撤销这次导入" in page
    assert Deputy.objects.filter(name="赵一").exists()
    page = client.post(reverse("imports:undo", args=[one.pk]), follow=True).content.decode()
    assert "已撤销" in page and not Deputy.objects.filter(name="赵一").exists()


def test_the_refused_rows_come_back_with_reasons_and_go_in_once_put_right(people, as_user):
    client = as_user(people.hub_staff)
    send(
        client,
        deputies(("赵一", "县代表", "", "乌有镇"), ("钱二", "县代表", "138", people.town.name)),
    )
    one = Import.objects.get()
    answer = client.get(reverse("imports:refused", args=[one.pk]))
    sheet = book_of(answer).active
    assert [cell.value for cell in sheet[1]][-1] == "不能导入的原因"
    assert "电话：不是 11 位手机号" in sheet[3][4].value and sheet[3][4].value.startswith("原第 3 行")
    assert Event.objects.filter(action="export", after__ledger="import_refused").exists()
    sheet["D2"], sheet["C3"] = people.town.name, "13800002222"
    stream = io.BytesIO()
    sheet.parent.save(stream)
    send(client, stream.getvalue())
    assert Import.objects.latest("pk").counts == {"new": 2, "changed": 0, "same": 0, "refused": 0}


@pytest.mark.parametrize("key", list(KINDS))
def test_a_template_is_read_back_and_its_examples_are_left_out(people, as_user, key):
    answer = as_user(people.hub_staff).get(reverse("imports:template", args=[key]))
    book = book_of(answer)
    kind = KINDS[key]
    assert book.sheetnames == [kind.label, "填写说明", "选项"]
    assert [cell.value.rstrip("*") for cell in book.worksheets[0][1]] == [column.heading for column in kind.columns]
    with pytest.raises(changes.Refused, match="只有模板里的示例行"):
        changes.read_upload(kind, "模板.xlsx", answer.content)
    chosen = sum(bool(column.choices or column.offered) for column in kind.columns)
    assert 0 < book.worksheets[0].data_validations.count <= chosen


def test_what_an_example_says_is_what_the_columns_read():
    for kind in KINDS.values():
        for column in kind.columns:
            for example in filter(None, column.examples):
                column.read(example)


def test_the_drop_downs_of_a_township_hold_its_own_stations(people, as_user):
    book = book_of(as_user(people.town_staff).get(reverse("imports:template", args=["deputies"])))
    words = {cell.value for row in book["选项"].iter_rows() for cell in row}
    assert people.town.name in words and people.point.name in words and people.other_town.name not in words


def test_who_has_two_offices_says_for_which(people, as_user):
    StationStaff.objects.create(user=people.town_staff, station=people.other_town)
    client = as_user(people.town_staff)
    content = deputies(("赵一", "乡镇代表", "", people.other_town.name))
    send(client, content, office=people.other_town.pk)
    assert Import.objects.get().office == people.other_town
    assert "导入到" in send(client, content, office=people.hub.pk).content.decode()
    assert Import.objects.count() == 1


def test_a_changed_county_shows_the_preview_again(people, as_user):
    client = as_user(people.hub_staff)
    send(client, deputies(("张为民", "县代表", "13800001111", people.town.name)))
    Deputy.objects.filter(pk=people.deputy.pk).update(phone="13800002222")
    page = client.post(reverse("imports:confirm", args=[Import.objects.get().pk]), follow=True).content.decode()
    assert "预览已经更新" in page and "13800002222" in page


def test_dropped_uploads_are_gone(people, as_user):
    client = as_user(people.hub_staff)
    send(client, deputies(("赵一", "县代表", "", people.town.name)))
    one = Import.objects.get()
    client.post(reverse("imports:drop", args=[one.pk]))
    one.refresh_from_db()
    assert one.state == State.DROPPED and changes.preview(one) is None


def test_a_colleague_who_looks_at_an_upload_leaves_an_event(people, as_user):
    send(as_user(people.town_staff), deputies(("赵一", "乡镇代表", "13800001111", people.town.name)))
    one = Import.objects.get()
    as_user(people.town_staff).get(reverse("imports:show", args=[one.pk]))
    assert not Event.objects.filter(action="import_view").exists()
    as_user(people.hub_staff).get(reverse("imports:show", args=[one.pk]))
    assert Event.objects.get(action="import_view").actor == people.hub_staff


def test_the_pages_take_few_queries(people, as_user, django_assert_max_num_queries):
    client = as_user(people.hub_staff)
    send(
        client,
        deputies(
            *[(f"赵{n}".replace("0", "零"), "县代表", f"1380000{n:04d}", people.town.name) for n in range(1, 150)]
        ),
    )
    one = Import.objects.get()
    with django_assert_max_num_queries(12):
        client.get(reverse("imports:show", args=[one.pk]))
    with django_assert_max_num_queries(12):
        client.get(reverse("imports:list"))


def test_a_thousand_rows_are_planned_in_as_many_queries_as_ten(people, django_assert_max_num_queries):
    names = [f"{a}{b}" for a in "赵钱孙李周吴郑王冯陈" for b in "一二三四五六七八九十甲乙丙丁戊己庚辛壬癸"]
    rows = [(name, "县代表", f"138{n:08d}", people.town.name) for n, name in enumerate(names)]
    for office_rows in (rows[:10], rows):
        with django_assert_max_num_queries(20):
            changes.upload(
                KINDS["deputies"], people.hub, actor=people.hub_staff, name="代表.xlsx", content=deputies(*office_rows)
            )


def test_headings_of_the_ledger_that_we_export_are_all_known(people, as_user):
    """What the roster gives out goes in again."""
    content = as_user(people.hub_staff).get(reverse("reports:export_deputies")).getvalue()
    found = changes.read_upload(KINDS["deputies"], "代表名册.xlsx", content)
    assert found.unused == []
    plan = changes.upload(KINDS["deputies"], people.hub, actor=people.hub_staff, name="代表名册.xlsx", content=content)
    assert plan.counts["same"] == len(found.rows) == 2


def test_an_old_csv_of_stations_by_a_page(people, as_user):
    table = "类别,名称,所属\n乡镇站,丙镇联络站,\n".encode("gbk")
    send(as_user(people.hub_staff), table, kind="stations", name="站点.csv")
    assert Import.objects.get().counts["new"] == 1
    assert send(as_user(people.hub_staff), xlsx([]), kind="stations").status_code == 200
