"""The deputies of the demo counties, each grouped into a station by the rule of ``deputies/grouping.py``."""

from __future__ import annotations

import datetime as dt

from accounts.models import User
from demo import accounts
from demo.network import Builder, Network
from deputies.grouping import suggest_home
from deputies.models import Constituency, Deputy, Level, Term, Trade
from stations.models import ResidentOfficer, Station

TERMS = {
    Level.PROVINCE: ("第十四届", dt.date(2023, 1, 1)),
    Level.CITY: ("第十四届", dt.date(2022, 3, 1)),
    Level.COUNTY: ("第十六届", dt.date(2022, 3, 1)),
    Level.TOWNSHIP: ("第十四届", dt.date(2022, 3, 1)),
}
CERTIFICATES = {Level.PROVINCE: "S", Level.CITY: "H", Level.COUNTY: "X", Level.TOWNSHIP: "Z"}
COUNTY_POSTS = (
    (Trade.AGRICULTURE, "种植专业合作社理事长"),
    (Trade.EDUCATION, "中学教师"),
    (Trade.HEALTH, "卫生院副院长"),
    (Trade.ENTERPRISE, "机械制造有限公司总经理"),
    (Trade.OFFICE, "机关干部"),
    (Trade.LAW, "法律服务所主任"),
    (Trade.CADRE, "村党支部书记"),
    (Trade.CULTURE, "非遗传承人"),
)
TOWNSHIP_POSTS = (
    (Trade.CADRE, "党支部书记、村委会主任"),
    (Trade.CADRE, "村委会副主任"),
    (Trade.AGRICULTURE, "种粮大户"),
    (Trade.EDUCATION, "小学教师"),
    (Trade.HEALTH, "乡村医生"),
    (Trade.ENTERPRISE, "个体经营者"),
    (Trade.OTHER, "村民"),
)


class Roster:
    def __init__(self, builder: Builder, network: Network) -> None:
        self.builder = builder
        self.network = network
        self.stations = [
            network.hub,
            *network.townships.values(),
            *network.studios,
            *(point for points in network.points.values() for point in points),
        ]
        self.terms = {
            level: Term.objects.create(county=network.county, level=level, name=name, starts_on=starts_on, ends_on=None)
            for level, (name, starts_on) in TERMS.items()
        }
        self.counts = dict.fromkeys(Level, 0)
        self.areas: dict[tuple[Level, str], Constituency] = {}

    def fill(self, *, upper: int, county: int, township: int) -> None:
        """``upper`` provincial and city deputies together, then county and township deputies over all townships."""
        for number in range(upper):
            level = Level.PROVINCE if number % 9 == 0 else Level.CITY
            self._deputy(level, *COUNTY_POSTS[number % len(COUNTY_POSTS)], self._area(level, None, "本县选举单位"))
        towns = list(self.network.townships.items())
        for number in range(county):
            name, station = towns[number % len(towns)]
            area = self._area(Level.COUNTY, station, f"{name}第{number // len(towns) % 4 + 1}选区")
            self._deputy(Level.COUNTY, *COUNTY_POSTS[number % len(COUNTY_POSTS)], area)
        for number in range(township):
            name, station = towns[number % len(towns)]
            points = self.network.points[name] or [station]
            village = points[number // len(towns) % len(points)].name.removesuffix("人大代表联络点")
            area = self._area(Level.TOWNSHIP, station, f"{village}选区")
            trade, post = TOWNSHIP_POSTS[number % len(TOWNSHIP_POSTS)]
            self._deputy(Level.TOWNSHIP, trade, f"{village}{post}", area)

    def _area(self, level: Level, station: Station | None, name: str) -> Constituency:
        """Made where it is first asked for."""
        if (level, name) not in self.areas:
            self.areas[level, name] = Constituency.objects.create(
                county=self.network.county, level=level, name=name, station=station
            )
        return self.areas[level, name]

    def _deputy(self, level: Level, trade: str, post: str, area: Constituency) -> None:
        person = self.builder.people.draw()
        self.counts[level] += 1
        deputy = Deputy(
            county=self.network.county,
            name=person.name,
            gender=person.gender,
            ethnicity=person.ethnicity,
            born_in=person.born_in,
            party=person.party,
            education=person.education,
            post=post,
            level=level,
            term=self.terms[level],
            constituency=area,
            certificate=f"{self.network.county.prefix}{CERTIFICATES[level]}{self.counts[level]:04d}",
            phone=person.phone,
            trade=trade,
        )
        deputy.home_station = suggest_home(deputy, self.stations)
        deputy.save()


def give_log_ins(builder: Builder, network: Network) -> None:
    """Staff for every township, clerks for every department, log-ins for the named seats of 博爱县."""
    builder.seat_staff(network, network.hub, accounts.COUNTY_OFFICE)
    county_clerks = [accounts.COUNTY_DEPARTMENT, *(f"xian-{number:02d}" for number in range(2, 100))]
    builder.seat_clerks(network, network.hub, iter(county_clerks))
    for number, (name, station) in enumerate(network.townships.items(), start=1):
        named = name == "许良镇"
        builder.seat_staff(network, station, accounts.TOWNSHIP_OFFICE if named else f"zhen-{number}")
        clerks = [f"zhen-{number}-{clerk}" for clerk in range(1, 10)]
        builder.seat_clerks(network, station, iter([accounts.TOWNSHIP_DEPARTMENT, *clerks] if named else clerks))
    home = network.townships["许良镇"]
    point = next(one for one in network.points["许良镇"] if one.name.startswith("许良村"))
    builder.seat_staff(network, point, accounts.POINT_STAFF)
    builder.seat_staff(network, network.studios[0], accounts.STUDIO_STAFF)
    officer = ResidentOfficer.objects.filter(station=home).order_by("pk")[0]
    officer.user = builder.user(accounts.OFFICER, officer.name)
    officer.save(update_fields=["user"])
    _give_deputies_log_ins(builder, network, home)


def _give_deputies_log_ins(builder: Builder, network: Network, home: Station) -> None:
    """Four county deputies of every township log in; the first two deputies of 许良镇 carry the named seats."""
    for number, station in enumerate(network.townships.values(), start=1):
        deputies = Deputy.objects.filter(home_station=station, level=Level.COUNTY).order_by("pk")[:4]
        for place, deputy in enumerate(deputies, start=1):
            named = station == home and place == 1
            _log_in(builder, deputy, accounts.COUNTY_DEPUTY if named else f"daibiao-{number}-{place}")
    _log_in(
        builder,
        Deputy.objects.filter(home_station=home, level=Level.TOWNSHIP).order_by("pk")[0],
        accounts.TOWNSHIP_DEPUTY,
    )


def _log_in(builder: Builder, deputy: Deputy, username: str) -> User:
    deputy.user = builder.user(username, deputy.name, phone=deputy.phone)
    deputy.save(update_fields=["user"])
    return deputy.user
