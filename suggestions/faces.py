"""How a limit looks today: its phase, its colour and its working days in words, computed once for a whole page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db.models import Q
from django.utils import timezone
from django.utils.safestring import SafeString

from liaison.templatetags.liaison import due
from stations.models import County, Rules
from suggestions.choices import OPEN_STATES
from suggestions.limits import Phase, phase, warning_date
from workdays.calendar import Calendar


def rules_of(county: County) -> Rules:
    try:
        return county.rules
    except Rules.DoesNotExist:  # a county that was just made
        return Rules(county=county)


def limit_words(due_on: dt.date, today: dt.date, calendar: Calendar) -> str:
    """还有 3 个工作日, 今天到期, 逾期 2 个工作日: in lists and on the page of a case alike."""
    if due_on == today:
        return "今天到期"
    if due_on > today:
        left = calendar.between(today, due_on)
        # Only days off lie between: a limit in calendar days may end on one.
        return f"还有 {left} 个工作日" if left else f"还有 {(due_on - today).days} 天"
    late = calendar.between(due_on, today)
    return f"逾期 {late} 个工作日" if late else "已逾期"


class Faces:
    """The limits of ``counties`` as they look on ``today``; the counties of a person come with the person's seats."""

    def __init__(self, counties: Iterable[County], today: dt.date | None = None) -> None:
        self.today = today or timezone.localdate()
        self.calendar = Calendar.current()
        self.rules = {county.pk: rules_of(county) for county in counties}
        self.warn_from = {pk: warning_date(self.today, rules) for pk, rules in self.rules.items()}
        self._words: dict[dt.date, str] = {}
        self._chips: dict[tuple[int, dt.date, bool], SafeString | str] = {}

    def warning(self, county_id: int) -> dt.date:
        """The last due date that is yellow today in this county."""
        if county_id not in self.warn_from:
            self.warn_from[county_id] = warning_date(self.today)
        return self.warn_from[county_id]

    def phase(self, county_id: int, due_on: dt.date | None) -> Phase:
        return phase(due_on, self.today, self.warning(county_id))

    def chip(self, county_id: int, due_on: dt.date | None, *, show_date: bool = True) -> SafeString | str:
        """The limit as a chip with colour, icon and words; empty where no limit runs."""
        if due_on is None:
            return ""
        key = (county_id, due_on, show_date)
        if key not in self._chips:
            self._chips[key] = due(
                due_on, self.today, self.warning(county_id), show_date=show_date, words=self.words(due_on)
            )
        return self._chips[key]

    def words(self, due_on: dt.date) -> str:
        """As :func:`limit_words` says it."""
        if due_on not in self._words:
            self._words[due_on] = limit_words(due_on, self.today, self.calendar)
        return self._words[due_on]

    def is_in(self, wanted: Phase) -> Q:
        """The condition on cases that are open and in ``wanted`` today; :func:`suggestions.limits.phase` as a query."""
        running = Q(state__in=OPEN_STATES)
        if wanted is Phase.OVERDUE:
            return running & Q(due_on__lt=self.today)
        condition = Q(pk__in=[])
        for county_id, warn_from in self.warn_from.items():
            if wanted is Phase.DUE_SOON:
                condition |= Q(county_id=county_id, due_on__gte=self.today, due_on__lte=warn_from)
            else:
                condition |= Q(county_id=county_id, due_on__gt=warn_from)
        return running & condition
