"""What one county exports goes into an empty one, and comes out the same: stations, departments, deputies."""

from __future__ import annotations

import io
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from deputies.models import Constituency, Deputy, Level, Status, Term, Trade
from imports import changes
from imports.kinds import KINDS
from imports.rows import REFUSED
from stations.fields import Field
from stations.models import County, Department, Kind, Rules, Station, StationStaff
from tests import factories

HAN = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5)
name = st.text(HAN, min_size=2, max_size=4)
words = st.one_of(
    st.just(""), st.text(st.one_of(HAN, st.sampled_from("abc019·（）、=+")), min_size=1, max_size=12)
).map(str.strip)
phone = st.one_of(st.just(""), st.integers(0, 99_999_999).map(lambda n: f"138{n:08d}"))
post = st.fixed_dictionaries({"address": words, "phone": phone, "head": name | st.just(""), "head_phone": phone})
deputy = st.fixed_dictionaries(
    {
        "name": name,
        "gender": st.sampled_from(["男", "女", ""]),
        "born_in": st.sampled_from(["1968-05", "1975-10", "1980-12"]),
        "party": words,
        "post": words,
        "level": st.sampled_from(Level.values),
        "trade": st.sampled_from([*Trade.values, ""]),
        "status": st.sampled_from([Status.SERVING, Status.SUSPENDED, Status.ENDED]),
    }
)


def empty(code: str, prefix: str) -> SimpleNamespace:
    land = County.objects.create(code=code, name=f"{prefix}县", short_name=prefix, prefix=prefix)
    Rules.objects.create(county=land)
    hub = Station.objects.create(county=land, kind=Kind.HUB, name="中心站")
    user = factories.user(f"office-{prefix}")
    StationStaff.objects.create(user=user, station=hub)
    for level in Level.values:
        Term.objects.create(county=land, level=level, name="第十六届", starts_on="2021-11-01")
    return SimpleNamespace(county=land, hub=hub, user=user)


def fill(land: SimpleNamespace, towns: list[Any], people: list[Any]) -> None:
    stations = [land.hub]
    for number, (town, below) in enumerate(towns):
        top = Station.objects.create(
            county=land.county, kind=Kind.TOWNSHIP, parent=land.hub, name=f"第{number}镇联络站", **town
        )
        stations.append(top)
        Department.objects.create(station=top, name="服务中心", fields=Field.values[number % 8], phone=town["phone"])
        for place, point in enumerate(below):
            kind = (Kind.POINT, Kind.STUDIO)[place % 2]
            trade = "教育" if kind == Kind.STUDIO else ""
            stations.append(
                Station.objects.create(
                    county=land.county, kind=kind, parent=top, trade=trade, name=f"{number}之{place}处", **point
                )
            )
    Department.objects.create(station=land.hub, name="水利局", is_active=False)
    for number, one in enumerate(people):
        level = one["level"]
        area = Constituency.objects.get_or_create(county=land.county, level=level, name=f"第{number % 3}选区")[0]
        Deputy.objects.create(
            county=land.county,
            home_station=stations[number % len(stations)],
            term=Term.objects.get(county=land.county, level=level),
            constituency=area,
            certificate=f"{number:04d}",
            status_note="" if one["status"] == Status.SERVING else "2024 年调离",
            **one,
        )


def exported(land: SimpleNamespace, matter: str) -> bytes:
    client = Client()
    client.force_login(land.user, "accounts.backends.NameOrPhoneBackend")
    return client.get(reverse(f"reports:export_{matter}"), {"status": "all"}).getvalue()


def cells(content: bytes) -> list[tuple[Any, ...]]:
    """Below title and filter."""
    return list(load_workbook(io.BytesIO(content)).active.iter_rows(min_row=3, values_only=True))


@pytest.mark.django_db
@settings(
    max_examples=6,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    towns=st.lists(st.tuples(post, st.lists(post, max_size=3)), min_size=1, max_size=3),
    people=st.lists(deputy, min_size=1, max_size=8),
)
def test_what_is_exported_goes_in_again_and_comes_out_the_same(towns, people):
    with transaction.atomic():
        ours, theirs = empty("410001", "JA"), empty("410002", "YB")
        fill(ours, towns, people)
        for matter in ("stations", "departments", "deputies"):
            content = exported(ours, matter)
            one = changes.upload(KINDS[matter], theirs.hub, actor=theirs.user, name="表.xlsx", content=content)
            assert one.counts[REFUSED] == 0, [row["troubles"] for row in changes.preview(one).of(REFUSED)]
            if one.new + one.changed:
                changes.confirm(one.pk, actor=theirs.user)
            assert cells(exported(theirs, matter)) == cells(content)
        transaction.set_rollback(True)
