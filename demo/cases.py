"""Cases of the demo counties, carried through the real workflow at their own dates."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

from django.utils import timezone

from accounts.models import User
from demo.matters import MATTERS, Matter
from demo.network import Network
from demo.people import SURNAMES
from demo.plans import Plan
from deputies.models import Deputy, Level
from messaging import outbox
from receptions.models import DayState, ReceptionDay
from stations.models import Department, Kind, Station
from suggestions import workflow
from suggestions.choices import AgeBand, Channel, Satisfaction, State
from suggestions.models import Suggestion
from suggestions.registration import VoterData
from suggestions.steps import holding
from suggestions.transitions import Voice
from workdays.calendar import Calendar

AT_MOST = 4  # entries of a reception day: as many visitors were there at least


class Walk:
    """The time of one case: each step some working days on, in office hours, never past yesterday."""

    def __init__(self, start: dt.date, last: dt.date, pace: int, pick: random.Random) -> None:
        self.day, self.last, self.pace, self.pick = start, last, pace, pick
        self.minute = 9 * 60 + pick.randint(0, 60)

    def now(self) -> dt.datetime:
        moment = dt.datetime.combine(self.day, dt.time(self.minute // 60, self.minute % 60))
        return timezone.make_aware(moment)

    def step(self, workdays: int | None = None) -> dt.datetime:
        day = Calendar.current().add(self.day, self.pick.randint(1, self.pace) if workdays is None else workdays)
        if day > self.last or day == self.day:
            self.minute = min(self.minute + 17, 17 * 60 + 30)
            self.day = min(max(day, self.day), max(self.last, self.day))
        else:
            self.day, self.minute = day, 9 * 60 + self.pick.randint(0, 480)
        return self.now()


class Cases:
    """Carries the cases of one county."""

    def __init__(self, network: Network, anchor: dt.date, seed: int) -> None:
        self.network = network
        self.last = anchor - dt.timedelta(days=1)
        self.pick = random.Random(seed)
        self.matters = self._shuffled()
        self.users: dict[int, User] = {user.pk: user for user in [*network.staff.values(), *network.clerks.values()]}
        self.deputies: dict[int, list[Deputy]] = {}
        for deputy in Deputy.objects.filter(
            county=network.county, user__isnull=False, level=Level.COUNTY
        ).select_related("user", "home_station"):
            self.deputies.setdefault(deputy.home_station_id or 0, []).append(deputy)
        self.number = 0
        held = ReceptionDay.objects.filter(county=network.county, state=DayState.CLOSED)
        self.held = list(held.order_by("-date", "pk").prefetch_related("duties__deputy__user"))
        self.taken_down: Counter[int] = Counter()

    def held_before(self, station: Station, date: dt.date) -> tuple[ReceptionDay, Deputy] | None:
        """A reception day of the weeks before ``date`` that has room for one more entry, and who received."""
        for day in self.held:
            near = day.station_id == station.pk and dt.timedelta() <= date - day.date < dt.timedelta(days=31)
            receiving = [duty.deputy for duty in day.duties.all() if duty.deputy.user]
            if near and receiving and self.taken_down[day.pk] < AT_MOST:
                self.taken_down[day.pk] += 1
                return day, receiving[self.number % len(receiving)]
        return None

    def _shuffled(self) -> Iterator[Matter]:
        while True:
            round_ = list(MATTERS)
            self.pick.shuffle(round_)
            yield from round_

    def matter(self, *, county: bool, planned: bool) -> Matter:
        for matter in self.matters:
            if matter.county == county and (not planned or matter.kind == "planned"):
                return matter
        raise AssertionError("there is always a next matter")

    def carry(
        self,
        plan: Plan,
        *,
        township: str | None = None,
        matter: Matter | None = None,
        station: Station | None = None,
        deputy: Deputy | None = None,
    ) -> Suggestion:
        """``station`` and ``deputy`` where it is not the township's own and one picked by chance."""
        quiet = nullcontext() if plan.loud else outbox.muted()
        with quiet:
            carrier = _Carrier(self, plan, township, matter)
            if station:
                carrier.station = carrier.desk = station
                if station.kind == Kind.POINT:
                    carrier.village = station.name.removesuffix("人大代表联络点")
            carrier.deputy = deputy or carrier.deputy
            return carrier.run()


class _Carrier:
    """One case on its way."""

    def __init__(self, cases: Cases, plan: Plan, township: str | None, matter: Matter | None) -> None:
        self.cases, self.plan, self.pick = cases, plan, cases.pick
        network = cases.network
        cases.number += 1
        names = list(network.townships)
        self.township = township or (
            "许良镇" if "许良镇" in names and cases.number % 3 == 0 else self.pick.choice(names)
        )
        self.station: Station = network.townships[self.township]
        points = network.points[self.township] or [self.station]
        self.village = self.pick.choice(points).name.removesuffix("人大代表联络点")
        self.matter = matter or cases.matter(county="county" in plan.turns, planned="planned" in plan.turns)
        self.deputy: Deputy | None = self.pick.choice(cases.deputies[self.station.pk])
        start = cases.last + dt.timedelta(days=1 - plan.ago)
        calendar = Calendar.current()
        start = start if calendar.is_workday(start) else min(calendar.add(start, 1), cases.last)
        self.walk = Walk(start, cases.last, plan.pace, self.pick)
        self.desk = self.station

    def staff(self, station: Station | None = None) -> User:
        return self.cases.network.staff[(station or self.desk).pk]

    def turn(self, name: str) -> bool:
        return name in self.plan.turns

    def department(self, skip: Department | None = None) -> Department:
        rows = [one for one in self.cases.network.departments[self.desk.pk] if one != skip]
        return next((one for one in rows if self.matter.field in one.fields.split(",")), rows[0])

    def voter(self) -> VoterData:
        pick = self.pick
        gender = pick.choice("男女")
        surname = pick.choice(SURNAMES)
        given = (
            pick.choice(["大伯", "大娘", "师傅", "大姐", "老师"])
            if pick.random() < 0.3
            else pick.choice("明华芳军丽强玲")
        )
        return VoterData(
            name=surname + given,
            phone=f"1391111{pick.randint(0, 9999):04d}" if pick.random() < 0.9 else "",
            address=f"{self.village}{pick.randint(1, 9)}组",
            gender=gender,
            age_band=pick.choice(AgeBand.values[1:]),
        )

    def run(self) -> Suggestion:
        case = self._begin()
        self.pk = case.pk
        with holding(case):
            return self._go_on(case)

    def _go_on(self, case: Suggestion) -> Suggestion:
        if self.plan.to in (State.SUBMITTED, State.REFUSED, State.WITHDRAWN, State.MERGED):
            return self._early_end(case)
        if self.turn("web"):
            case = workflow.accept(self.pk, by=self.staff(), at=self.walk.step())
        if self.turn("answered"):
            return self._answered()
        for step in (self._triage, self._assign, self._take, self._report, self._hand_over, self._reply, self._rate):
            if (done := step()) is not None:
                return done
        raise AssertionError(self.plan)

    def _begin(self) -> Suggestion:
        texts: dict[str, Any] = dict(self.matter.at(self.village))
        if self.turn("web"):
            del texts["demand"]
            return workflow.submit(
                station=self.station,
                voter=self.voter(),
                deputy=self.deputy,
                place=self.village,
                at=self.walk.now(),
                **texts,
            )
        self._move_to_reception_day()
        voters = [self.voter() for _ in range(3 if self.turn("joint") else 1)]
        channel = self.pick.choices(
            [Channel.RECEPTION, Channel.VISIT, Channel.PHONE, Channel.LETTER, Channel.SESSION], [10, 5, 3, 1, 1]
        )[0]
        return workflow.register(
            by=self.staff(),
            station=self.station,
            channel=self._channel(channel),
            reception_day=self.told_on,
            voters=voters,
            deputy=self.deputy,
            place=self.village,
            field="" if self.plan.to == State.REGISTERED else self.matter.field,
            opinion="情况属实，建议交有关单位办理。" if self.pick.random() < 0.5 else "",
            may_publish=self.pick.random() < 0.6,
            at=self.walk.now(),
            **texts,
        )

    def _move_to_reception_day(self) -> None:
        """Every other case that came to its end was told on a reception day."""
        self.told_on: ReceptionDay | None = None
        ended = self.plan.to in (State.CLOSED, State.REPLIED) and not self.turn("phone")
        if not ended or self.cases.number % 2 or self.station.kind != Kind.TOWNSHIP:
            return
        if found := self.cases.held_before(self.station, self.walk.day):
            self.told_on, self.deputy = found
            self.walk.day, self.walk.minute = self.told_on.date, 9 * 60 + 10 + 25 * self.cases.taken_down[found[0].pk]

    def _channel(self, by_chance: str) -> str:
        if self.told_on:
            return Channel.RECEPTION
        return Channel.PHONE if self.turn("phone") else by_chance

    def _early_end(self, case: Suggestion) -> Suggestion:
        match self.plan.to:
            case State.REFUSED:
                reason = "court" if self.turn("court") else "vague"
                note = {
                    "court": "此事已由县人民法院立案，请等待法院处理。",
                    "vague": "留言没有说明具体地点和事情，请补充后重新留言。",
                }[reason]
                return workflow.refuse(self.pk, by=self.staff(), reason=reason, note=note, at=self.walk.step())
            case State.WITHDRAWN:
                return workflow.withdraw(self.pk, by=Voice.VOTER, at=self.walk.step())
            case State.MERGED:
                main = Suggestion.objects.filter(desk=self.station, state__in=[State.HANDLING, State.ASSIGNED]).first()
                if main is None:
                    main = self.cases.carry(
                        replace(self.plan, to=State.HANDLING, turns=frozenset()), township=self.township
                    )
                return workflow.merge(self.pk, into=main.pk, by=self.staff(), at=self.walk.step())
            case _:
                return case

    def _answered(self) -> Suggestion:
        if self.deputy is None or self.deputy.user is None:
            raise AssertionError("deputies of the demo log in")
        text = f"当场向来访群众作了解释：{self.matter.result}"
        workflow.answer(self.pk, text=text, by=self.deputy.user, at=self.walk.step(0))
        return workflow.rate(self.pk, satisfaction=Satisfaction.SATISFIED, by=Voice.VOTER, at=self.walk.step())

    def _triage(self) -> Suggestion | None:
        if self.plan.to == State.REGISTERED and not self.plan.turns & {"escalated", "objected"}:
            return Suggestion.objects.get(pk=self.pk)
        case = workflow.classify(
            self.pk, field=self.matter.field, kind="opinion", by=self.staff(), at=self.walk.step(1)
        )
        if self.turn("escalated"):
            case = workflow.escalate(
                self.pk, opinion="需县直单位办理，请县人大协调交办。", by=self.staff(), at=self.walk.step(0)
            )
            self.desk = self.cases.network.hub
        return case if self.plan.to == State.REGISTERED and not self.turn("objected") else None

    def _assign(self) -> Suggestion | None:
        if self.turn("objected"):
            wrong = self.department(skip=self.department())
            workflow.assign(self.pk, lead=wrong, by=self.staff(), at=self.walk.step())
            clerk = self.cases.network.clerks[wrong.pk]
            reason = "经核实，此事不属于本单位职责，建议交有关单位办理。"
            case = workflow.object_(self.pk, reason=reason, by=clerk, at=self.walk.step())
            if self.plan.to == State.REGISTERED:
                return case
        lead = self.department()
        co = [self.department(skip=lead)] if self.turn("co") else []
        case = workflow.assign(
            self.pk, lead=lead, co=co, instruction="请按时办理并报告结果。", by=self.staff(), at=self.walk.step()
        )
        self.clerk = self.cases.network.clerks[lead.pk]
        if self.turn("co"):
            helper = self.cases.network.clerks[co[0].pk]
            workflow.advise(self.pk, text="我单位将派人配合现场勘查。", by=helper, at=self.walk.step())
        if self.plan.to == State.ASSIGNED and not self.turn("redo"):
            if self.turn("urged"):
                case = workflow.urge(self.pk, note="请尽快签收。", by=self.staff(), at=self.walk.step(8))
            return case
        return None

    def _take(self) -> Suggestion | None:
        case = workflow.take(self.pk, by=self.clerk, at=self.walk.step())
        if self.turn("supervised"):
            case = workflow.supervise(
                self.pk, note="群众反映强烈，列入督办。", by=self.staff(self.cases.network.hub), at=self.walk.step()
            )
        if self.turn("urged"):
            case = workflow.urge(self.pk, note="请抓紧办理，按时报告。", by=self.staff(), at=self.walk.step(5))
        if self.turn("extension asked") or self.turn("extension granted"):
            if case.due_on is None:
                raise AssertionError("a case that is handled has a limit")
            later = Calendar.current().add(case.due_on, 5)
            reason = "材料采购需要时间，申请延期。"
            case = workflow.ask_extension(self.pk, new_due_on=later, reason=reason, by=self.clerk, at=self.walk.step())
            if self.turn("extension granted"):
                case = workflow.decide_extension(
                    self.pk, grant=True, note="同意，请抓紧。", by=self.staff(), at=self.walk.step()
                )
        return case if self.plan.to == State.HANDLING else None

    def _report(self) -> Suggestion | None:
        case = workflow.report(
            self.pk,
            result_kind=self.matter.kind,
            text=self.matter.result,
            handler=self.clerk.name,
            by=self.clerk,
            at=self.walk.step(self.plan.pace * 2),
        )
        if self.desk != self.station and not self.turn("unreturned"):
            case = workflow.return_result(self.pk, by=self.staff(), at=self.walk.step(1))
            self.desk = self.station
        return case if self.plan.to == State.REPORTED else None

    def _hand_over(self) -> Suggestion | None:
        case = workflow.hand_over(self.pk, by=self.staff(), at=self.walk.step(1))
        return case if self.plan.to == State.HANDED_OVER else None

    def _reply(self) -> Suggestion | None:
        if self.deputy is None or self.deputy.user is None:
            raise AssertionError("deputies of the demo log in")
        text = f"您反映的事情有结果了：{self.matter.result}如有问题，随时到联络站找我。"
        case = workflow.reply(self.pk, text=text, by=self.deputy.user, at=self.walk.step())
        return case if self.plan.to == State.REPLIED else None

    def _rate(self) -> Suggestion:
        if self.turn("unrated"):
            return workflow.archive(self.pk, by=Voice.CLOCK, at=self.walk.step(20))
        if self.turn("redo") or self.plan.to == State.ASSESSING:
            case = self._rate_not("修过没几天又成老样子了。")
            if self.plan.to == State.ASSIGNED:
                return case
            self.desk = case.desk
            self._again()
            if self.plan.to == State.ASSESSING:
                return self._rate_not("还是没有解决。")
        satisfaction = Satisfaction.SATISFIED if self.pick.random() < 0.8 else Satisfaction.BASICALLY
        return workflow.rate(
            self.pk,
            satisfaction=satisfaction,
            replied=True,
            understood=True,
            solved=self.matter.kind == "solved",
            in_time=self.pick.random() < 0.9,
            by=Voice.VOTER,
            at=self.walk.step(),
        )

    def _rate_not(self, reason: str) -> Suggestion:
        return workflow.rate(
            self.pk, satisfaction=Satisfaction.NOT, reason=reason, solved=False, by=Voice.VOTER, at=self.walk.step()
        )

    def _again(self) -> None:
        workflow.take(self.pk, by=self.clerk, at=self.walk.step())
        text = f"已重新处理：{self.matter.result}"
        workflow.report(self.pk, result_kind=self.matter.kind, text=text, by=self.clerk, at=self.walk.step())
        if self.desk != self.station:
            workflow.return_result(self.pk, by=self.staff(), at=self.walk.step(1))
            self.desk = self.station
        workflow.hand_over(self.pk, by=self.staff(), at=self.walk.step(1))
        if self.deputy is None or self.deputy.user is None:
            raise AssertionError("deputies of the demo log in")
        workflow.reply(self.pk, text=text, by=self.deputy.user, at=self.walk.step())
