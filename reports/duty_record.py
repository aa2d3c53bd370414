"""履职档案: the eight parts of a deputy's year, gathered by themselves from every room, and the score with how it came
about (代表法 2025 art 58). What the public sees is a text of its own that the office releases (``deputies/duty.py``)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone

from consultations import figures as consultations
from deputies import contacts
from deputies.contacts import Tally
from deputies.models import Deputy, DeputyQuerySet, DutyEntry, DutyKind, DutyWeight, Part, Scored, Tie, TieContact
from deputies.models.duty import FIVE_ONES, GIVEN
from liaison.lib.masking import mask_text
from meetings import counts as meetings
from receptions.models import Duty
from reports import duty_elsewhere
from suggestions.choices import Kind, State
from suggestions.models import Suggestion

NOT_TAKEN_UP = (State.REFUSED, State.WITHDRAWN)
OF_KIND = {
    Scored.MEETINGS: (DutyKind.MEETING,),
    Scored.INSPECTIONS: (DutyKind.INSPECTION,),
    Scored.TRAINING: (DutyKind.TRAINING,),
    Scored.ACTIVITIES: (DutyKind.ACTIVITY,),
    Scored.REPORTS: (DutyKind.REPORT,),
    Scored.COMMENDATIONS: (DutyKind.COMMENDATION,),
    Scored.FIVE_ONES: FIVE_ONES,
    Scored.GIVEN: tuple(GIVEN),
}
"""Which entries an item counts; the other items are counted where they happened."""

Counts = dict[Scored, int]


@dataclass(frozen=True)
class Year:
    number: int

    @property
    def starts(self) -> dt.date:
        return dt.date(self.number, 1, 1)

    @property
    def ends(self) -> dt.date:
        return dt.date(self.number, 12, 31)


def counts_of(deputies: DeputyQuerySet, year: int) -> dict[int, Counts]:
    """deputy's pk → how often of each item in ``year``. Eight queries however many deputies there are."""
    span = Year(year)
    pks = deputies.order_by().values("pk")
    found: dict[int, Counts] = {pk: dict.fromkeys(Scored, 0) for pk in deputies.order_by().values_list("pk", flat=True)}
    item_of = {kind: item for item, kinds in OF_KIND.items() for kind in kinds}
    entered = DutyEntry.objects.counted().filter(deputy__in=pks, happened_on__range=(span.starts, span.ends))
    for pk, kind, number in entered.order_by().values_list("deputy", "kind").annotate(Count("pk")):
        found[pk][item_of[DutyKind(kind)]] += number
    for item, rows in (
        (Scored.INSPECTIONS, _numbers(duty_elsewhere.inspected(pks, span.starts, span.ends))),
        (Scored.ACTIVITIES, _numbers(duty_elsewhere.consulted(pks, span.starts, span.ends))),
    ):
        for pk, number in rows:
            found[pk][item] += number
    for pk, number in _receptions(pks, span).order_by().values_list("deputy").annotate(Count("pk")):
        found[pk][Scored.RECEPTIONS] = number
    for pk, number in meetings.of_deputies(pks, span.starts, span.ends).items():
        found[pk][Scored.MEETINGS] += number
    for pk, one in contacts.tally(deputies, span.starts, span.ends).items():
        found[pk][Scored.CONTACTS] = one.credited
    cases = _cases(pks, span).order_by().values_list("deputy")
    for pk, received, replied in cases.annotate(
        received=Count("pk"), replied=Count("pk", filter=Q(replied_at__isnull=False))
    ):
        found[pk][Scored.CASES], found[pk][Scored.REPLIES] = received, replied
    return found


def _numbers(rows: Any) -> Iterable[tuple[int, int]]:
    return rows.order_by().values_list("deputy").annotate(Count("pk"))


def _receptions(deputies: Any, span: Year) -> Any:
    """Days on duty for which the deputy signed in."""
    on = {"day__date__gte": span.starts, "day__date__lte": span.ends}
    return Duty.objects.filter(deputy__in=deputies, signed_in_at__isnull=False, **on)


def _cases(deputies: Any, span: Year) -> Any:
    """Cases that came to the deputy in the year and were taken up."""
    brought = Suggestion.objects.filter(deputy__in=deputies, happened_on__gte=span.starts, happened_on__lte=span.ends)
    return brought.exclude(state__in=NOT_TAKEN_UP)


# --- the score ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Point:
    """One line of how a score came about."""

    label: str
    count: int
    points: Decimal
    most: Decimal

    @property
    def full(self) -> Decimal:
        return self.count * self.points

    @property
    def got(self) -> Decimal:
        return min(self.full, self.most)

    @property
    def is_capped(self) -> bool:
        return self.full > self.most


@dataclass(frozen=True)
class Score:
    lines: list[Point]

    @property
    def total(self) -> Decimal:
        return sum((line.got for line in self.lines), Decimal(0))

    @property
    def most(self) -> Decimal:
        return sum((line.most for line in self.lines), Decimal(0))


def weights_of(county_id: int) -> list[DutyWeight]:
    order = list(Scored)
    return sorted(DutyWeight.objects.filter(county=county_id), key=lambda row: order.index(Scored(row.item)))


def score(counts: Counts, weights: Iterable[DutyWeight]) -> Score | None:
    """None where the county gives no points."""
    lines = [Point(row.get_item_display(), counts[Scored(row.item)], row.points, row.most) for row in weights]
    return Score(lines) if lines else None


# --- the record ---------------------------------------------------------------------------


@dataclass
class Item:
    """Something that happened: a line of a part."""

    on: dt.date
    title: str
    detail: str = ""
    note: str = ""
    entry: DutyEntry | None = None

    @property
    def is_waiting(self) -> bool:
        return self.entry is not None and self.entry.confirmed_at is None


@dataclass
class Section:
    """One of the eight parts: ``facts`` are (name, value), ``items`` the newest first."""

    part: Part
    facts: list[tuple[str, str]] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)

    @property
    def label(self) -> str:
        return self.part.label


def gather(deputy: Deputy, year: int, *, private: bool) -> list[Section]:
    """The eight parts in their order. ``private``: with phone, birth and certificate."""
    span, own = Year(year), Deputy.objects.filter(pk=deputy.pk)
    counts = counts_of(own, year)[deputy.pk]
    sections = {part: Section(part) for part in Part}
    entries = DutyEntry.objects.filter(deputy=deputy, happened_on__range=(span.starts, span.ends))
    for entry in entries.prefetch_related("files"):
        sections[entry.part].items.append(_item(entry))
    sections[Part.BASIC].facts = _basic(deputy, private)
    for part, item, unit in (
        (Part.MEETINGS, Scored.MEETINGS, "次"),
        (Part.INSPECTIONS, Scored.INSPECTIONS, "次"),
        (Part.TRAINING, Scored.TRAINING, "次"),
        (Part.REPORT, Scored.REPORTS, "次"),
        (Part.COMMENDATIONS, Scored.COMMENDATIONS, "项"),
    ):
        sections[part].facts = [(part.label, f"{counts[item]} {unit}")]
    for one in meetings.attended_by(deputy, span.starts, span.ends):
        sections[Part.MEETINGS].items.append(Item(one.held_on, f"列席{one.title}"))
    sections[Part.INSPECTIONS].items += _inspections(deputy, span)
    _rating(sections[Part.REPORT])
    _activities(sections[Part.ACTIVITIES], deputy, span, counts)
    _suggestions(sections[Part.SUGGESTIONS], deputy, span, counts)
    for section in sections.values():
        section.items.sort(key=lambda one: one.on, reverse=True)
    return list(sections.values())


def _item(entry: DutyEntry) -> Item:
    notes = [entry.place]
    if entry.amount is not None:
        notes.append(f"{entry.get_kind_display()} {entry.amount.normalize():f} {entry.unit}")
    elif entry.kind in FIVE_ONES:
        notes.append(entry.get_kind_display())
    if entry.rate is not None:
        notes.append(
            f"满意 {entry.satisfied} 票，基本满意 {entry.basically} 票，不满意 {entry.dissatisfied} 票，"
            f"满意率 {entry.rate:.1%}"
        )
    return Item(entry.happened_on, entry.title, entry.detail, "；".join(filter(None, notes)), entry)


def _basic(deputy: Deputy, private: bool) -> list[tuple[str, str]]:
    facts = [
        ("姓名", deputy.name),
        ("性别", deputy.gender),
        ("民族", deputy.ethnicity),
        ("出生年月", deputy.born_in if private else ""),
        ("党派", deputy.party),
        ("学历", deputy.education),
        ("单位及职务", deputy.post),
        ("层级、届次", f"{deputy.get_level_display()}{deputy.term.name if deputy.term else ''}"),
        ("选区", deputy.constituency.name if deputy.constituency else ""),
        ("代表证号", deputy.certificate if private else ""),
        ("联系电话", deputy.phone if private else ""),
        ("联络站", deputy.home_station.name if deputy.home_station else "未编入"),
        ("行业", deputy.get_trade_display()),
        ("状态", deputy.get_status_display()),
    ]
    ties = Tie.objects.current().filter(deputy=deputy)
    for tie in ties.select_related("member__deputy", "deputy", "department", "station"):
        facts.append(("联系部门", tie.far) if tie.department else ("由谁联系", tie.near))
    return [(name, value) for name, value in facts if value]


def _rating(section: Section) -> None:
    reports = [item.entry for item in section.items if item.entry and item.entry.confirmed_at]
    votes = sum(one.votes for one in reports)
    if votes:
        good = sum((one.satisfied or 0) + (one.basically or 0) for one in reports)
        section.facts.append(("选民评议", f"{votes} 票，满意率 {good / votes:.1%}"))


def _inspections(deputy: Deputy, span: Year) -> list[Item]:
    came = duty_elsewhere.inspected([deputy.pk], span.starts, span.ends).select_related("inspection")
    return [
        Item(one.date, f"{one.get_kind_display()}：{one.title}", note=one.place)
        for one in (row.inspection for row in came)
    ]


def _activities(section: Section, deputy: Deputy, span: Year, counts: Counts) -> None:
    tally = contacts.tally(Deputy.objects.filter(pk=deputy.pk), span.starts, span.ends).get(deputy.pk, Tally())
    talks = TieContact.objects.filter(
        Q(tie__member__deputy=deputy) | Q(tie__kind="department", tie__deputy=deputy),
        happened_on__range=(span.starts, span.ends),
    )
    section.facts = [
        ("接待选民", f"{counts[Scored.RECEPTIONS]} 次"),
        ("小组活动、协商议事", f"{counts[Scored.ACTIVITIES]} 次"),
    ]
    talks_held = list(consultations.attended_by(deputy.pk, span.starts, span.ends))
    if talks_held:
        section.facts.append(("其中协商议事", f"{len(talks_held)} 次"))
    if tally.owed or tally.contacts:
        section.facts.append(("联系群众", f"{tally.credited} 人次（应 {tally.owed}）"))
    if number := talks.count():
        section.facts.append(("按联系制度联系", f"{number} 次"))
    section.facts.append(("“五个一”", f"{counts[Scored.FIVE_ONES]} 项"))
    section.facts.append(("出资出力出人", f"{counts[Scored.GIVEN]} 项"))
    section.items += [Item(one.date, f"参加协商：{one.topic}", note=one.place) for one in talks_held]
    for duty in _receptions([deputy.pk], span).select_related("day__station"):
        section.items.append(Item(duty.day.date, f"在{duty.day.station.name}接待选民"))


MOST_CASES = 30  # titles; the ledger has all


def _suggestions(section: Section, deputy: Deputy, span: Year, counts: Counts) -> None:
    cases = _cases([deputy.pk], span)
    numbers = cases.aggregate(
        spot=Count("pk", filter=Q(on_the_spot=True)),
        solved=Count("pk", filter=Q(result_kind="solved")),
        formal=Count("pk", filter=Q(kind__in=(Kind.SUGGESTION, Kind.MOTION))),
    )
    section.facts = [
        ("接待登记", f"{counts[Scored.CASES]} 件"),
        ("当场答复", f"{numbers['spot']} 件"),
        ("已回复选民", f"{counts[Scored.REPLIES]} 件"),
        ("已解决", f"{numbers['solved']} 件"),
        ("其中代表建议、议案", f"{numbers['formal']} 件"),
    ]
    _formal(section, deputy, span)
    for case in cases.order_by("-happened_on", "-pk")[:MOST_CASES]:
        note = f"{case.get_kind_display()}，{case.get_state_display()}"
        section.items.append(Item(case.happened_on, f"{case.number}　{case.title}", note=note))


def _formal(section: Section, deputy: Deputy, span: Year) -> None:
    """代表建议 and 议案 led and signed, opinions on draft laws."""
    own = [deputy.pk]
    led = list(duty_elsewhere.led(own, span.starts, span.ends).select_related("term"))
    signed = list(duty_elsewhere.signed(own, span.starts, span.ends).select_related("formal__term"))
    section.facts += [("领衔提出建议、议案", f"{len(led)} 件"), ("附议", f"{len(signed)} 件")]
    if opinions := duty_elsewhere.opined(own, span.starts, span.ends).count():
        section.facts.append(("对法律法规草案的意见", f"{opinions} 条"))
    for paper, part in (*((one, "领衔") for one in led), *((row.formal, "附议") for row in signed)):
        if paper.filed_at is not None:
            section.items.append(Item(timezone.localdate(paper.filed_at), paper.title, note=f"{paper.number}，{part}"))


# --- what the public sees -----------------------------------------------------------------

PUBLIC_TITLES = (Part.MEETINGS, Part.INSPECTIONS, Part.TRAINING, Part.REPORT, Part.COMMENDATIONS)
"""Parts whose entries may be named in public; of activities and cases only the numbers are."""
OFFERED = tuple(part for part in Part if part != Part.BASIC)  # who it is stands on the page anyway


def public_text(sections: Iterable[Section], parts: Iterable[str]) -> list[dict[str, Any]]:
    """The chosen parts as ``DutyPublication.shown``: confirmed entries only, what looks like personal data starred."""
    wanted = set(parts) & {part.value for part in OFFERED}
    return [
        {
            "label": section.label,
            "facts": [list(fact) for fact in section.facts],
            "titles": [
                f"{item.on:%Y-%m-%d} {mask_text(item.title, everything=True)}"
                for item in section.items
                if section.part in PUBLIC_TITLES and not item.is_waiting
            ],
        }
        for section in sections
        if section.part.value in wanted
    ]
