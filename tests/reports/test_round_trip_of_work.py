"""What an office does comes out of one county and into another the same: rosters, whom deputies keep contact with and the
talks, settled cases. Stations, departments and deputies are there already (test_round_trip.py)."""

import datetime as dt
import io

import pytest
from django.db import transaction
from django.http import QueryDict
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from deputies.models import Constituent, Contact, Deputy, Level, Way
from imports import changes
from imports.kinds import KINDS
from imports.rows import REFUSED
from liaison.lib.encryption import blind_index
from receptions.models import Duty, ReceptionDay
from reports.exports import files, matters
from stations.fields import Field
from stations.models import Department, Kind, Station
from suggestions import past
from suggestions.choices import Channel, RefuseReason, ResultKind, Satisfaction, State
from suggestions.choices import Kind as CaseKind
from suggestions.models import Suggestion
from tests.reports.test_round_trip import NAMES, WORDS, empty_county

TODAY = timezone.localdate()
# What a county says for itself: its own numbers, and when something was typed in.
OWN = {"编号", "填报时间"}
DEPUTIES = ("张为民", "李建设", "欧阳明", "阿依古丽·买买提")
number = st.sampled_from(("", "13803910011", "15939100022", "03918601234"))
place = st.integers(0, 4)
day = st.integers(0, 1500).map(lambda n: dt.date(2020, 1, 1) + dt.timedelta(n))
constituent = st.tuples(st.integers(0, 3), NAMES, WORDS, number, st.integers(0, 300), st.integers(0, 60) | st.none())
talk = st.tuples(st.integers(0, 300), st.sampled_from(Way.values), WORDS, WORDS, WORDS)
case = st.fixed_dictionaries(
    {
        "title": WORDS.filter(bool),
        "content": WORDS.filter(bool),
        "demand": WORDS,
        "officer_help": WORDS,
        "kind": st.sampled_from(CaseKind.values),
        "channel": st.sampled_from(Channel.values),
        "field": st.sampled_from(["", *Field.values]),
        "happened_on": day,
    }
)
end = st.fixed_dictionaries(
    {
        "state": st.sampled_from((State.CLOSED, State.CLOSED, State.REFUSED, State.WITHDRAWN)),
        "result_kind": st.sampled_from(ResultKind.values),
        "result": WORDS,
        "reply": WORDS.filter(bool),
        "satisfaction": st.sampled_from(["", *Satisfaction.values]),
        "refuse_reason": st.sampled_from(RefuseReason.values),
    }
)
around = st.fixed_dictionaries(
    {
        "station": place,
        "desk": place,
        "deputy": st.none() | st.integers(0, 3),
        "voters": st.lists(st.tuples(NAMES, number.filter(bool)), max_size=3),
        "with_phones": st.booleans(),
        "lead": st.none() | st.sampled_from(("建设办", "水利站")),
        "co": st.lists(st.sampled_from(("建设办", "水利站")), max_size=2, unique=True),
        "steps": st.lists(st.integers(0, 90), min_size=4, max_size=4),
    }
)


class Land:
    """A county with two towns whose points have one name, the same in each."""

    def __init__(self, code, prefix):
        self.hub, self.person = empty_county(code, prefix)
        self.county = self.hub.county
        self.hub.name = "县人大代表中心联络站"  # which rows of rosters and cases name
        self.hub.save()
        self.stations = [self.hub]
        for town in "子丑":
            top = self.station(Kind.TOWNSHIP, f"{town}镇人大代表联络站", self.hub)
            self.stations += [top, self.station(Kind.POINT, "东村人大代表联络点", top)]
        for name in ("建设办", "水利站"):
            Department.objects.create(station=self.hub, name=name)
        self.deputies = [
            Deputy.objects.create(county=self.county, name=name, level=Level.COUNTY, home_station=home)
            for name, home in zip(DEPUTIES, self.stations[1:], strict=True)
        ]
        self.days = [
            ReceptionDay.objects.create(
                county=self.county,
                station=station,
                period=f"{TODAY:%Y-%m}-{number}"[:7],
                planned_on=TODAY + dt.timedelta(10 + number),
                date=TODAY + dt.timedelta(10 + number),
                starts_at=dt.time(9),
                ends_at=dt.time(11, 30),
            )
            for number, station in enumerate(self.stations)
        ]

    def station(self, kind, name, parent):
        return Station.objects.create(county=self.county, kind=kind, name=name, parent=parent)

    def fill(self, duties, people, talks, cases):
        for number in duties:
            deputy = self.deputies[number % 4]
            Duty.objects.get_or_create(day=self.days[1 + number % 4], deputy=deputy)
        listed = [self.contact(*one) for one in people]
        for which, (ago, way, *said) in enumerate(talks):
            if listed:
                self.talk(listed[which % len(listed)], ago, way, said)
        chosen = [self.case(*one) for one in cases]
        past.store(chosen, county=self.county, by=self.person, what={})

    def contact(self, deputy, name, address, phone, began, lasted):
        since = TODAY - dt.timedelta(300 - began)
        until = min(since + dt.timedelta(lasted), TODAY) if lasted is not None else None
        owner = self.deputies[deputy]
        of = Constituent.objects.filter(deputy=owner)
        index = blind_index(phone) if phone else ""
        twin = next(
            (one for one in of if (one.phone, one.name) == (phone, name) or (phone and one.phone == phone)), None
        )
        if twin:
            return twin
        return Constituent.objects.create(
            deputy=owner, name=name, address=address, phone=phone, phone_index=index, since=since, until=until
        )

    def talk(self, one, ago, way, said):
        on = min(max(one.since, TODAY - dt.timedelta(ago)), one.until or TODAY)
        if not one.contacts.filter(happened_on=on).exists():
            words = dict(zip(("summary", "asked", "handling"), said, strict=True))
            Contact.objects.create(
                deputy=one.deputy,
                constituent=one,
                happened_on=on,
                month=on.replace(day=1),
                way=way,
                entered_at=timezone.now(),
                **words,
            )

    def case(self, own, ended, around):
        closed = ended["state"] == State.CLOSED
        on = own["happened_on"]
        assigned, due, replied, archived = (on + dt.timedelta(sum(around["steps"][: n + 1])) for n in range(4))
        told = {name: ended[name] for name in ("result_kind", "result", "reply", "satisfaction")} if closed else {}
        reason = ended["refuse_reason"] if ended["state"] == State.REFUSED else ""
        station = self.stations[around["station"]]
        which = around["deputy"]
        named = Department.objects.filter(station=self.hub)
        lead = named.get(name=around["lead"]) if around["lead"] else None
        return past.PastCase(
            Suggestion(
                county=self.county,
                station=station,
                desk=self.stations[around["desk"]],
                deputy=None if which is None else self.deputies[which],
                state=ended["state"],
                refuse_reason=reason,
                **own,
                **told,
            ),
            voters=[
                {"name": name, "phone": phone if around["with_phones"] else ""} for name, phone in around["voters"]
            ],
            lead=lead,
            co=list(named.filter(name__in=around["co"]).exclude(pk=lead.pk).order_by("pk")) if lead else [],
            assigned_on=assigned if lead else None,
            due_on=due if lead else None,
            replied_on=replied if closed else None,
            closed_on=archived if closed else None,
        )

    def exported(self, key):
        """The file, and its rows by heading without what is the county's own."""
        self.person.__dict__.pop("seats", None)
        since, until = TODAY - dt.timedelta(400), TODAY + dt.timedelta(60)
        query = "sort=number&state=all" if key == "cases" else f"since={since}&until={until}"
        stream = io.BytesIO()
        files.write(stream, matters.read([key], self.person, QueryDict(query)), self.person, timezone.localtime())
        heads, *rows = load_workbook(stream).active.iter_rows(min_row=3, values_only=True)
        told = [{head: cell for head, cell in zip(heads, row, strict=True) if head not in OWN} for row in rows]
        return stream.getvalue(), [row for row in told if any(row.values())]


@pytest.mark.django_db
@settings(max_examples=4, phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck))
@given(
    duties=st.lists(st.integers(0, 3), min_size=1, max_size=6),
    people=st.lists(constituent, min_size=1, max_size=6),
    talks=st.lists(talk, min_size=1, max_size=6),
    cases=st.lists(st.tuples(case, end, around), min_size=1, max_size=5),
)
def test_what_an_office_did_is_exported_and_read_in_again_the_same(duties, people, talks, cases):
    with transaction.atomic():
        ours, theirs = Land("410903", "丙"), Land("410904", "丁")
        ours.fill(duties, people, talks, cases)
        for key, kind in (
            ("duties", "rosters"),
            ("constituents", "contacts"),
            ("contacts", "contacts"),
            ("cases",) * 2,
        ):
            content, rows = ours.exported(key)
            assert rows
            one = changes.upload(KINDS[kind], theirs.hub, actor=theirs.person, name=f"{key}.xlsx", content=content)
            assert not one.counts[REFUSED], [row["troubles"] for row in changes.preview(one).of(REFUSED)]
            changes.confirm(one.pk, actor=theirs.person)
            if key not in ("constituents",):  # the list says how often they talked, which comes with the talks
                assert theirs.exported(key)[1] == rows
        assert theirs.exported("constituents")[1] == ours.exported("constituents")[1]
        transaction.set_rollback(True)
