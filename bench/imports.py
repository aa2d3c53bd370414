"""A table of deputies taken in: by the import, and by openpyxl in read-only mode with a bare bulk insert after it."""

from __future__ import annotations

import io
import random
import time
from typing import Any

from openpyxl import Workbook, load_workbook

from accounts.models import User
from bench.measured import Imported
from demo.people import FEMALE, MALE, SURNAMES
from deputies.models import Deputy, Level
from imports import changes, jobs, undoing
from imports.kinds import KINDS
from imports.models import Import
from stations.models import County, Kind, Rules, Station, StationStaff

HEADINGS = (
    "姓名",
    "性别",
    "民族",
    "出生年月",
    "党派",
    "学历",
    "单位及职务",
    "层级",
    "代表证号",
    "电话",
    "联络站",
    "小组",
    "状态",
)
FIELDS = ("name", "gender", "ethnicity", "born_in", "party", "education", "post")
STATIONS = 200


def county(code: str, name: str, prefix: str) -> list[Station]:
    """A county with its hub and townships; the hub first."""
    land = County.objects.create(code=code, name=name, short_name=name[:2], prefix=prefix)
    Rules.objects.create(county=land)
    hub = Station.objects.create(county=land, kind=Kind.HUB, name=f"{name}中心站")
    towns = [
        Station.objects.create(county=land, kind=Kind.TOWNSHIP, name=f"{name}第{number}镇人大代表联络站", parent=hub)
        for number in range(STATIONS)
    ]
    return [hub, *towns]


def table(rows: int, stations: list[Station]) -> bytes:
    pick = random.Random(1)
    book = Workbook(write_only=True)
    sheet = book.create_sheet("代表")
    sheet.append(HEADINGS)
    for number in range(rows):
        gender = pick.choice("男女")
        sheet.append(
            (
                pick.choice(SURNAMES) + pick.choice(FEMALE if gender == "女" else MALE),
                gender,
                "汉族",
                f"{pick.randrange(1950, 1999)}-{pick.randrange(1, 13):02d}",
                "中共党员",
                "大学",
                f"第{number % 997}村党支部书记、村委会主任",
                pick.choice(("县代表", "乡镇代表")),
                f"D{number:07d}",
                f"138{number:08d}",
                pick.choice(stations[1:]).name,
                f"第{number % 40}小组",
                "在任",
            )
        )
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def bare(content: bytes, stations: list[Station]) -> tuple[float, float]:
    """Seconds of reading every cell, and of inserting what was read: nothing is checked, matched or kept."""
    started = time.perf_counter()
    sheet = load_workbook(io.BytesIO(content), read_only=True).worksheets[0]
    read = list(sheet.iter_rows(min_row=2, values_only=True))
    done_reading = time.perf_counter()
    by_name = {station.name: station.pk for station in stations}
    levels = {label: value for value, label in Level.choices}
    made: list[Any] = []
    for row in read:
        values = dict(zip(FIELDS, row, strict=False))
        home = by_name[str(row[10]).replace("乙县", "甲县")]
        made.append(
            Deputy(
                county_id=stations[0].county_id,
                level=levels[str(row[7])],
                certificate=row[8],
                phone=row[9],
                home_station_id=home,
                group=row[11],
                **values,
            )
        )
    Deputy.objects.bulk_create(made, batch_size=1000)
    return done_reading - started, time.perf_counter() - done_reading


def worked(one: Import) -> Import:
    """What a worker does of a large one, done here."""
    if one.is_running:
        job = jobs.claim(one.pk)
        assert job is not None and jobs.carry_out(job)
    return Import.objects.get(pk=one.pk)


def measure(rows: int) -> Imported:
    theirs, ours = county("410001", "甲县", "JX"), county("410002", "乙县", "YX")
    actor = User.objects.create_user("office", name="县办公室")
    StationStaff.objects.create(user=actor, station=ours[0])
    content = table(rows, ours)
    read, insert = bare(content, theirs)
    kind = KINDS["deputies"]

    def upload() -> tuple[Import, float]:
        started = time.perf_counter()
        one = worked(changes.upload(kind, ours[0], actor=actor, name="代表.xlsx", content=content))
        return one, time.perf_counter() - started

    one, uploading = upload()
    assert one.new == rows, one.counts
    started = time.perf_counter()
    worked(changes.confirm(one.pk, actor=actor))
    confirming = time.perf_counter() - started
    second, again = upload()
    assert second.same == rows, second.counts
    started = time.perf_counter()
    worked(undoing.undo(one.pk, actor=actor))
    undone = time.perf_counter() - started
    return Imported(rows, len(content) / 1024 / 1024, read, insert, uploading, confirming, again, undone)
