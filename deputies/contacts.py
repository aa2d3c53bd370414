"""Contacts with constituents against the quota (博爱县：县代表 5 名、乡镇代表 3 名，每月一次), and what is done with them.

**Counting, for statistics.** :func:`tally` gives per deputy what was done in a period; :func:`by_station` the same per
station. A month owes the quota once for each deputy whose level has one; in a month, talking twice with the same person
counts once, and nobody is credited with more than the quota (``credited``), so that a keen deputy does not hide one who
did nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import Count
from django.utils import timezone

from deputies.access import may_keep_log
from deputies.models import Constituent, Contact, Deputy, DeputyQuerySet, Level
from history.models import Event
from liaison.lib.encryption import blind_indexes
from stations.changes import record
from stations.models import County, Rules

if TYPE_CHECKING:
    from accounts.models import User

LONGEST_AGO = dt.timedelta(days=366)  # an older contact is a slip of the pen
MOST_CONSTITUENTS = 50


# --- counting -----------------------------------------------------------------------------


def quota_of(level: str, rules: Rules) -> int:
    """How many constituents a deputy of ``level`` talks with each month; 0 where the rules ask for none."""
    return {Level.COUNTY: rules.county_contacts, Level.TOWNSHIP: rules.township_contacts}.get(Level(level), 0)


def rules_by_county(county_ids: Iterable[int]) -> dict[int, Rules]:
    """Of each county; the defaults for one that has no rules yet."""
    wanted = set(county_ids)
    found = {rules.county_id: rules for rules in Rules.objects.filter(county__in=wanted)}
    return {pk: found.get(pk) or Rules(county_id=pk) for pk in wanted}


def month_of(day: dt.date) -> dt.date:
    return day.replace(day=1)


def months_between(starts_on: dt.date, ends_on: dt.date) -> int:
    """How many months the days from ``starts_on`` to ``ends_on`` touch; 0 where the one is after the other."""
    if ends_on < starts_on:
        return 0
    return (ends_on.year - starts_on.year) * 12 + ends_on.month - starts_on.month + 1


@dataclass
class Tally:
    """What was done in a period. ``owed`` is quota × months; ``credited`` of it was done; ``contacts`` counts every talk."""

    owed: int = 0
    credited: int = 0
    contacts: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.owed + other.owed, self.credited + other.credited, self.contacts + other.contacts)

    @property
    def missing(self) -> int:
        return max(self.owed - self.credited, 0)

    @property
    def is_behind(self) -> bool:
        return self.credited < self.owed


def tally(
    deputies: DeputyQuerySet, starts_on: dt.date, ends_on: dt.date, *, today: dt.date | None = None
) -> dict[int, Tally]:
    """deputy's pk → :class:`Tally` of each of ``deputies``, in two queries (and one for the rules).

    Both days are included. A month that the period touches owes the whole quota, from the month on in which the deputy's
    term began; months that have not begun by ``today`` owe nothing.
    """
    ends_on = min(ends_on, today or timezone.localdate())
    people = list(deputies.order_by().values_list("pk", "county_id", "level", "term__starts_on"))
    rules = rules_by_county(county for _, county, _, _ in people)
    quotas = {pk: quota_of(level, rules[county]) for pk, county, level, _ in people}
    found = {}
    for pk, _, _, term_began in people:
        first = max(starts_on, month_of(term_began)) if term_began else starts_on
        found[pk] = Tally(owed=quotas[pk] * months_between(first, ends_on))
    rows = (
        Contact.objects.between(starts_on, ends_on)
        .filter(deputy__in=deputies.order_by().values("pk"))
        .order_by()
        .values_list("deputy", "month")
        .annotate(talks=Count("pk"), persons=Count("constituent", distinct=True))
    )
    for pk, _, talks, persons in rows:
        found[pk].contacts += talks
        found[pk].credited += min(persons, quotas[pk])
    return found


def by_station(
    deputies: DeputyQuerySet, starts_on: dt.date, ends_on: dt.date, *, today: dt.date | None = None
) -> dict[int | None, Tally]:
    """Home station's pk → the sum over those of ``deputies`` who belong to it (not to its subtree); None: ungrouped."""
    homes = dict(deputies.order_by().values_list("pk", "home_station"))
    sums: dict[int | None, Tally] = {}
    for pk, one in tally(deputies, starts_on, ends_on, today=today).items():
        sums[homes[pk]] = sums.get(homes[pk], Tally()) + one
    return sums


def with_quota(deputies: DeputyQuerySet) -> DeputyQuerySet:
    """Those whom the quota concerns at all."""
    return deputies.serving().filter(level__in=(Level.COUNTY, Level.TOWNSHIP))


# --- looking ------------------------------------------------------------------------------


def note_look(deputy: Deputy, *, by: User, address: str | None = None) -> None:
    """Names and numbers in full were shown to ``by``: an event, the first time that day."""
    start = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    seen = Event.objects.filter(
        chain=f"county:{deputy.county_id}", actor=by, at__gte=start, action="view_constituents", after__deputy=deputy.pk
    )
    if not seen.exists():
        record(deputy.county_id, "view_constituents", actor=by, after={"deputy": deputy.pk}, address=address)


# --- changing -----------------------------------------------------------------------------


def _lock(deputy_pk: int, by: User) -> Deputy:
    deputy = Deputy.objects.select_for_update(of=("self",)).select_related("home_station").get(pk=deputy_pk)
    if not may_keep_log(by, deputy):
        raise PermissionDenied("联系群众由代表本人或所在联络站、上级站的工作人员填报。")
    return deputy


def _refuse_twin(deputy: Deputy, phone: str, without: int | None = None) -> None:
    same = Constituent.objects.current().filter(deputy=deputy, phone_index__in=blind_indexes(phone))
    if phone and same.exclude(pk=without or 0).exists():
        raise ValidationError({"phone": "这个电话已经在这名代表的联系名单里了。"})


@transaction.atomic
def add_constituent(
    deputy_pk: int, *, by: User, name: str, phone: str = "", address: str = "", since: dt.date | None = None
) -> Constituent:
    deputy = _lock(deputy_pk, by)
    _refuse_twin(deputy, phone)
    if Constituent.objects.current().filter(deputy=deputy).count() >= MOST_CONSTITUENTS:
        raise ValidationError(f"一名代表最多联系 {MOST_CONSTITUENTS} 名群众。")
    one = Constituent.objects.create(
        deputy=deputy, name=name, phone=phone, address=address, since=since or timezone.localdate()
    )
    record(deputy.county_id, "constituent_add", actor=by, after={"deputy": deputy.pk, "constituent": one.pk})
    return one


@transaction.atomic
def edit_constituent(pk: int, *, by: User, name: str, phone: str, address: str) -> Constituent:
    one = _of(pk, by)
    _refuse_twin(one.deputy, phone, without=pk)
    one.name, one.phone, one.address = name, phone, address
    one.save()
    _note("constituent_edit", one, by)
    return one


@transaction.atomic
def end_constituent(pk: int, *, by: User) -> Constituent:
    """No longer on the list; what was talked about stays."""
    one = _of(pk, by)
    one.until = max(timezone.localdate(), one.since)
    one.save(update_fields=["until"])
    _note("constituent_end", one, by)
    return one


@transaction.atomic
def erase_constituent(pk: int, *, by: User) -> Constituent:
    """On the person's request: name, telephone and address, and every free text of the log about the person. That there
    was a contact, when and in which way, stays."""
    one = _of(pk, by)
    one.name = one.phone = one.address = ""
    one.erased_at = timezone.now()
    one.until = one.until or max(timezone.localdate(), one.since)
    one.save()
    one.contacts.update(summary="", asked="", handling="")
    _note("constituent_erase", one, by)
    return one


def _of(pk: int, by: User) -> Constituent:
    one = Constituent.objects.select_related("deputy").get(pk=pk)
    one.deputy = _lock(one.deputy_id, by)
    one.refresh_from_db(fields=["until", "erased_at"])
    if one.erased_at:
        raise ValidationError("这名群众的个人信息已经删除，不能再改。")
    return one


def _note(action: str, one: Constituent, by: User) -> None:
    record(one.deputy.county_id, action, actor=by, after={"deputy": one.deputy_id, "constituent": one.pk})


@transaction.atomic
def log_contact(
    deputy_pk: int,
    *,
    by: User,
    constituents: Iterable[Constituent],
    happened_on: dt.date,
    way: str,
    summary: str = "",
    asked: str = "",
    handling: str = "",
    token: str = "",
) -> list[Contact]:
    """One row for each of ``constituents``. The same ``token`` again gives the rows it already made."""
    deputy = _lock(deputy_pk, by)
    _check_day(happened_on)
    if token and (made := list(Contact.objects.filter(deputy=deputy, token=token))):
        return made
    chosen = list(constituents)
    if not chosen:
        raise ValidationError({"constituents": "请选联系了哪位群众。"})
    if any(one.deputy_id != deputy.pk or one.erased_at for one in chosen):
        raise ValidationError({"constituents": "所选群众不在这名代表的联系名单里，请重新选。"})
    now = timezone.now()
    said = {"happened_on": happened_on, "way": way, "summary": summary, "asked": asked, "handling": handling}
    rows = [
        Contact(deputy=deputy, constituent=one, entered_by=by, entered_at=now, token=token, **said) for one in chosen
    ]
    for row in rows:
        row.save()
    after = {"deputy": deputy.pk, "contacts": [row.pk for row in rows], "on": happened_on, "way": way}
    record(deputy.county_id, "contact_log", actor=by, after=after)
    return rows


def _check_day(happened_on: dt.date) -> None:
    today = timezone.localdate()
    if happened_on > today:
        raise ValidationError({"happened_on": "联系时间不能晚于今天。"})
    if happened_on < today - LONGEST_AGO:
        raise ValidationError({"happened_on": "联系时间超过一年，请核对。"})


@transaction.atomic
def edit_contact(pk: int, *, by: User, **said: Any) -> Contact:
    row = Contact.objects.select_related("deputy").get(pk=pk)
    _lock(row.deputy_id, by)
    _check_day(said["happened_on"])
    before = {"on": row.happened_on, "way": row.way}
    for name, value in said.items():
        setattr(row, name, value)
    row.save()
    after = {"deputy": row.deputy_id, "contact": row.pk, "on": row.happened_on, "way": row.way}
    record(row.deputy.county_id, "contact_edit", actor=by, before=before, after=after)
    return row


@transaction.atomic
def delete_contact(pk: int, *, by: User) -> None:
    """An entry made by mistake; ValidationError where a case came of it."""
    row = Contact.objects.select_related("deputy").get(pk=pk)
    deputy = _lock(row.deputy_id, by)
    before = {"deputy": deputy.pk, "constituent": row.constituent_id, "on": row.happened_on, "way": row.way}
    try:
        row.delete()
    except models.ProtectedError:
        raise ValidationError("这次联系已经转为意见登记，不能删除；可以修改。") from None
    record(deputy.county_id, "contact_delete", actor=by, before=before, after={"deputy": deputy.pk, "contact": pk})


def together(contact: Contact) -> Iterator[Contact]:
    """``contact`` and those written down with the same form: one talk with several people."""
    if not contact.token:
        return iter([contact])
    return iter(Contact.objects.filter(deputy=contact.deputy_id, token=contact.token).select_related("constituent"))


def quota_for(deputy: Deputy) -> int:
    return quota_of(deputy.level, rules_by_county([deputy.county_id])[deputy.county_id])


def places(county: County) -> list[str]:
    """Villages of the county, offered while an address is typed."""
    return sorted({point.place for point in county.stations.filter(kind="point", is_active=True)})
