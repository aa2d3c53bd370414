"""What is exported and read into an empty county is exported from there the same: the columns of the ledgers are the
headings of the imports, and no value is lost or turned on the way."""

import io

import pytest
from django.db import transaction
from django.http import QueryDict
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from deputies.models import Constituency, Deputy, Level, Status, Term, Trade
from imports import changes
from imports.kinds import KINDS
from imports.rows import REFUSED
from reports.exports import files, matters
from stations.fields import Field
from stations.models import County, Department, Kind, Rules, Station, StationStaff
from tests import factories

ORDER = ("stations", "departments", "deputies")
# Signs that a table might take for something else: formulas, dates, numbers, quotes. Full-width digits the import folds.
WORDS = st.text("村路社区一二三号·（）=+-@'\"/年月ABab19", max_size=12).map(
    lambda text: text and f"{text.strip()}号"  # a sign alone, "/" or "-", is how people write nothing
)
NAMES = st.text("王李张刘陈杨赵黄周吴徐孙马朱胡明国建华伟", min_size=2, max_size=4)
PHONES = st.sampled_from(("", "13803910011", "15939100022", "03918601234"))  # as every form stores them
CODES = st.integers(0, 99).map(lambda number: f"0{number:02}")  # the zero in front stays


@st.composite
def networks(draw):
    """Towns with points (some of one name), studios, departments, deputies."""
    towns = draw(st.lists(st.sampled_from("子丑寅卯辰"), min_size=1, max_size=3, unique=True))
    points = {town: draw(st.lists(st.sampled_from("东西南北"), max_size=3, unique=True)) for town in towns}
    return {
        "points": points,
        "studios": draw(st.lists(st.sampled_from(("教育", "医疗卫生", "农业")), max_size=2, unique=True)),
        "texts": [draw(st.tuples(WORDS, PHONES, st.one_of(st.just(""), NAMES), PHONES)) for _ in range(24)],
        "fields": draw(st.lists(st.sampled_from(Field.values), max_size=3, unique=True)),
        "deputies": draw(
            st.lists(st.tuples(NAMES, WORDS, PHONES, CODES), min_size=1, max_size=5, unique_by=lambda one: one[0])
        ),
        "places": draw(st.lists(st.integers(0, 20), min_size=5, max_size=5)),
        "choices": draw(st.lists(st.integers(0, 20), min_size=5, max_size=5)),
    }


def empty_county(code, prefix):
    """A hub and one person who works there."""
    county = County.objects.create(code=code, name=f"{prefix}县", short_name=prefix, prefix=prefix)
    Rules.objects.create(county=county)
    hub = Station.objects.create(county=county, kind=Kind.HUB, name=f"{prefix}县中心站")
    person = factories.user(f"{prefix}-office")
    StationStaff.objects.create(user=person, station=hub)
    return hub, person


def fill(hub, network):
    texts = iter(network["texts"])

    def station(kind, name, parent, **more):
        address, phone, head, head_phone = next(texts)
        said = {"address": address, "phone": phone, "head": head, "head_phone": head_phone, **more}
        return Station.objects.create(county=hub.county, kind=kind, name=name, parent=parent, **said)

    studios = [station(Kind.STUDIO, f"{trade}工作室", hub, trade=trade) for trade in network["studios"]]
    towns, points = [], []
    for town, names in network["points"].items():
        towns.append(station(Kind.TOWNSHIP, f"{town}镇人大代表联络站", hub))
        for name in names:
            code = f"0{len(points)}"  # of the whole county once
            points.append(station(Kind.POINT, f"{name}村人大代表联络点", towns[-1], code=code))
    for place in (hub, *towns):
        _, phone, head, _ = next(texts, ("", "", "", ""))
        Department.objects.create(
            station=place, name="建设办", head=head, contact=head, phone=phone, fields=",".join(network["fields"])
        )
    term = Term.objects.create(county=hub.county, level=Level.COUNTY, name="第十六届", starts_on="2022-04-01")
    homes = [None, hub, *studios, *towns, *points]
    for number, (name, post, phone, code) in enumerate(network["deputies"]):
        at, pick = network["places"][number], network["choices"][number]
        constituency, _ = Constituency.objects.get_or_create(
            county=hub.county, level=Level.COUNTY, name=f"第{pick % 3}选区"
        )
        Deputy.objects.create(
            county=hub.county,
            name=name,
            post=post,
            phone=phone and f"138{number:08}",
            certificate=f"{code}{number}",
            gender="男女"[pick % 2],
            ethnicity=("汉族", "回族")[pick % 2],
            born_in=f"19{60 + pick}-{pick % 12 + 1:02}",
            level=Level.COUNTY,
            term=term,
            constituency=constituency,
            home_station=homes[at % len(homes)],
            trade=["", *Trade.values][pick % (len(Trade.values) + 1)],
            status=Status.values[pick % len(Status.values)],
            status_note="" if Status.values[pick % len(Status.values)] == Status.SERVING else "因工作调动",
        )


def exported(key, by):
    """The file, and its rows from the headings on: what stands above names the county and the minute."""
    by.__dict__.pop("seats", None)
    stream = io.BytesIO()
    extracts = matters.read([key], by, QueryDict("status=all"))
    files.write(stream, extracts, by, timezone.localtime())
    sheet = load_workbook(stream).active
    return stream.getvalue(), [list(row) for row in sheet.iter_rows(min_row=3, values_only=True)]


@pytest.mark.django_db
@settings(  # an example takes seconds, so a failing one is shown as it was found
    max_examples=3, phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck)
)
@given(network=networks())
def test_an_export_read_into_an_empty_county_is_exported_the_same(network):
    with transaction.atomic():
        ours, our_person = empty_county("410901", "甲")
        fill(ours, network)
        theirs, their_person = empty_county("410902", "乙")
        for key in ORDER:
            content, rows = exported(key, our_person)
            one = changes.upload(KINDS[key], theirs, actor=their_person, name=f"{key}.xlsx", content=content)
            assert not one.counts[REFUSED], [row for row in changes.preview(one).rows if row["troubles"]]
            changes.confirm(one.pk, actor=their_person)
            theirs.refresh_from_db()
            assert exported(key, their_person)[1] == rows
        transaction.set_rollback(True)
