"""All or nothing, only what was looked at, and back again while nothing depends on it."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError
from django.utils import timezone

from deputies.models import Constituency, Deputy, Level
from history.log import broken_links
from history.models import Event
from imports import changes, undoing
from imports.kinds import KINDS
from imports.models import Import, Payload, State
from imports.rows import NEW, SAME
from stations.models import Department, Station
from tests import factories
from tests.imports.files import deputies, xlsx


def upload(people, *rows):
    return changes.upload(
        KINDS["deputies"], people.hub, actor=people.hub_staff, name="代表.xlsx", content=deputies(*rows)
    )


def imported(people, *rows):
    return changes.confirm(upload(people, *rows).pk, actor=people.hub_staff)


def snapshot(*models):
    return {model: list(model.objects.order_by("pk").values()) for model in models}


def test_an_import_that_fails_half_way_leaves_nothing(people, monkeypatch):
    one = upload(people, ("赵一", "县代表", "", people.town.name))
    before = snapshot(Deputy, Event, Import)

    def fail(*args, **kwargs):
        raise DatabaseError("the disk is full")

    monkeypatch.setattr(changes, "note_down", fail)
    with pytest.raises(DatabaseError):
        changes.confirm(one.pk, actor=people.hub_staff)
    assert snapshot(Deputy, Event, Import) == before


def test_a_row_that_somebody_else_made_meanwhile_refuses_all(people, monkeypatch):
    one = upload(people, ("赵一", "县代表", "", people.town.name))
    kind = KINDS["deputies"]

    def collide(*args):
        raise IntegrityError("twice")

    monkeypatch.setattr(kind, "write", collide)
    with pytest.raises(ValidationError, match="什么都没有导入"):
        changes.confirm(one.pk, actor=people.hub_staff)


def test_only_what_the_preview_showed_is_done(people):
    one = upload(people, ("赵一", "县代表", "13800001111", people.town.name))
    Deputy.objects.create(
        county=people.county, name="赵一", level=Level.COUNTY, home_station=people.town, phone="13800001111"
    )
    with pytest.raises(changes.Stale):
        changes.confirm(one.pk, actor=people.hub_staff)
    one.refresh_from_db()
    assert one.counts[SAME] == 1 and one.counts[NEW] == 0 and one.state == State.WAITING


def test_an_import_is_confirmed_once(people):
    one = imported(people, ("赵一", "县代表", "", people.town.name))
    with pytest.raises(ValidationError, match="已经处理过"):
        changes.confirm(one.pk, actor=people.hub_staff)
    assert Deputy.objects.filter(name="赵一").count() == 1


def test_undo_puts_everything_back(people):
    headings = ("姓名", "层级", "选区", "电话", "联络站")
    before = snapshot(Deputy, Constituency)
    content = xlsx(
        [
            headings,
            ("赵一", "县代表", "新选区", "13800001111", people.town.name),
            ("张为民", "县代表", "新选区", "13800002222", people.town.name),
        ]
    )
    one = changes.upload(KINDS["deputies"], people.hub, actor=people.hub_staff, name="代表.xlsx", content=content)
    changes.confirm(one.pk, actor=people.hub_staff)
    assert snapshot(Deputy, Constituency) != before
    undoing.undo(one.pk, actor=people.hub_staff)
    assert snapshot(Deputy, Constituency) == before
    one.refresh_from_db()
    assert one.state == State.UNDONE and one.payload.written == ""


def test_undo_of_stations_and_departments(people):
    before = snapshot(Station, Department)
    rows = [("类别", "名称", "上级站"), ("乡镇站", "丙镇联络站", ""), ("村联络点", "丙村联络点", "丙镇联络站")]
    first = changes.upload(KINDS["stations"], people.hub, actor=people.hub_staff, name="站.xlsx", content=xlsx(rows))
    changes.confirm(first.pk, actor=people.hub_staff)
    rows = [("名称", "所属站"), ("水利站", "丙镇联络站")]
    second = changes.upload(
        KINDS["departments"], people.hub, actor=people.hub_staff, name="单位.xlsx", content=xlsx(rows)
    )
    changes.confirm(second.pk, actor=people.hub_staff)
    with pytest.raises(ValidationError, match="站点下已有 1 条承办单位"):
        undoing.undo(first.pk, actor=people.hub_staff)
    undoing.undo(second.pk, actor=people.hub_staff)
    undoing.undo(first.pk, actor=people.hub_staff)
    assert snapshot(Station, Department) == before


def test_undo_is_refused_where_something_depends_on_a_new_row(people):
    one = imported(people, ("赵一", "县代表", "", people.town.name))
    factories.register(people, deputy=Deputy.objects.get(name="赵一"))
    with pytest.raises(ValidationError, match="代表下已有 1 条意见建议"):
        undoing.undo(one.pk, actor=people.hub_staff)
    assert Deputy.objects.filter(name="赵一").exists()


def test_undo_is_refused_where_somebody_changed_a_row_since(people):
    one = imported(
        people, ("赵一", "县代表", "", people.town.name), ("张为民", "县代表", "13800002222", people.town.name)
    )
    Deputy.objects.filter(name="赵一").update(post="村支书")
    Deputy.objects.filter(name="张为民").update(phone="13800009999")
    with pytest.raises(ValidationError) as caught:
        undoing.undo(one.pk, actor=people.hub_staff)
    assert "赵一（代表）的资料改过" in str(caught.value) and "张为民（代表）又改过" in str(caught.value)


def test_only_the_last_import_is_undone(people):
    first = imported(people, ("赵一", "县代表", "", people.town.name))
    second = imported(people, ("钱二", "县代表", "", people.town.name))
    with pytest.raises(ValidationError, match="后面还有一次"):
        undoing.undo(first.pk, actor=people.hub_staff)
    undoing.undo(second.pk, actor=people.hub_staff)
    undoing.undo(first.pk, actor=people.hub_staff)
    assert not Deputy.objects.filter(name__in=("赵一", "钱二")).exists()


def test_every_step_is_an_event_and_the_chain_stays_whole(people):
    one = imported(people, ("赵一", "县代表", "", people.town.name))
    undoing.undo(one.pk, actor=people.hub_staff)
    changes.drop(upload(people, ("赵一", "县代表", "", people.town.name)).pk, actor=people.hub_staff)
    events = Event.objects.filter(chain=people.county.chain, action__startswith="import").order_by("seq")
    assert [event.action for event in events] == ["import_upload", "import", "import_undo", "import_upload"]
    assert all("赵一" not in str(event.after) + event.note for event in events)
    assert list(broken_links(people.county.chain)) == []


def test_what_was_uploaded_is_encrypted_and_goes_when_it_has_served(people):
    one = upload(people, ("赵一", "县代表", "13800001111", people.town.name), ("钱二", "县代表", "138", ""))
    with_sheet = Payload.objects.raw("SELECT of_id, id, sheet AS kept FROM imports_payload")[0]
    assert with_sheet.kept.startswith("v1:")
    changes.confirm(one.pk, actor=people.hub_staff)
    found = changes.preview(Import.objects.get(pk=one.pk))
    assert [row["cells"][0] for row in found.rows] == ["钱二"]  # of what was imported only the undo is kept
    changes.erase_expired(timezone.now() + dt.timedelta(days=8))
    payload = Payload.objects.get(of=one)
    assert (payload.sheet, payload.plan) == ("", "") and payload.written
    changes.erase_expired(timezone.now() + dt.timedelta(days=31))
    payload.refresh_from_db()
    assert payload.written == ""
    assert "30 天" in undoing.obstacle(Import.objects.get(pk=one.pk))


def test_a_preview_that_nobody_confirms_is_forgotten_after_a_day(people):
    one = upload(people, ("赵一", "县代表", "", people.town.name))
    assert changes.erase_expired() == 0
    changes.erase_expired(timezone.now() + dt.timedelta(days=2))
    one.refresh_from_db()
    assert one.state == State.DROPPED and one.payload.sheet == ""
