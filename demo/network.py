"""The two demo counties: stations out of the official list of divisions, departments, officers, staff."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from accounts.models import User
from demo.people import People
from stations.models import (
    County,
    Department,
    DepartmentStaff,
    Kind,
    OfficerKind,
    ResidentOfficer,
    Rules,
    Station,
    StationStaff,
)
from suggestions.choices import Field

VILLAGES = Path(__file__).parent / "data" / "villages.csv"

STUDIOS = (("教育", "教育"), ("卫生健康", "医疗卫生"), ("民营企业", "企业"), ("现代农业", "农业"))

# name, the fields it covers
COUNTY_DEPARTMENTS = (
    ("住房和城乡建设局", (Field.CONSTRUCTION,)),
    ("教育体育局", (Field.EDUCATION,)),
    ("卫生健康委员会", (Field.HEALTH,)),
    ("交通运输局", (Field.TRANSPORT,)),
    ("生态环境分局", (Field.ENVIRONMENT,)),
    ("农业农村局", (Field.AGRICULTURE,)),
    ("人力资源和社会保障局", (Field.WELFARE,)),
    ("商务局", (Field.COMMERCE,)),
    ("水利局", (Field.AGRICULTURE, Field.ENVIRONMENT)),
    ("民政局", (Field.WELFARE,)),
    ("医疗保障局", (Field.HEALTH, Field.WELFARE)),
    ("文化广电和旅游局", (Field.COMMERCE, Field.EDUCATION)),
    ("城市管理局", (Field.CONSTRUCTION, Field.ENVIRONMENT)),
    ("自然资源局", (Field.CONSTRUCTION, Field.AGRICULTURE)),
    ("公安局交通管理大队", (Field.TRANSPORT,)),
    ("市场监督管理局", (Field.COMMERCE,)),
    ("供电公司", (Field.CONSTRUCTION, Field.AGRICULTURE)),
    ("发展和改革委员会", ()),
    ("科技和工业信息化局", (Field.COMMERCE,)),
    ("公安局", ()),
    ("司法局", ()),
    ("财政局", ()),
    ("应急管理局", ()),
    ("审计局", ()),
    ("统计局", ()),
    ("退役军人事务局", (Field.WELFARE,)),
    ("林业发展中心", (Field.AGRICULTURE, Field.ENVIRONMENT)),
    ("乡村振兴服务中心", (Field.AGRICULTURE,)),
    ("信访局", ()),
    ("行政审批和政务信息管理局", ()),
    ("消防救援大队", ()),
    ("气象局", ()),
    ("邮政分公司", (Field.COMMERCE,)),
    ("公路事业发展中心", (Field.TRANSPORT,)),
    ("残疾人联合会", (Field.WELFARE,)),
    ("供销合作社", (Field.COMMERCE, Field.AGRICULTURE)),
)
TOWNSHIP_DEPARTMENTS = (
    ("村镇建设中心", (Field.CONSTRUCTION, Field.TRANSPORT, Field.ENVIRONMENT)),
    ("农业服务中心", (Field.AGRICULTURE,)),
    ("民政所", (Field.WELFARE,)),
    ("卫生院", (Field.HEALTH,)),
    ("中心学校", (Field.EDUCATION,)),
    ("市场监督管理所", (Field.COMMERCE,)),
)
OFFICERS = (
    (OfficerKind.JUDGE, "县人民法院"),
    (OfficerKind.PROSECUTOR, "县人民检察院"),
    (OfficerKind.POLICE, "派出所"),
    (OfficerKind.LAWYER, "法律服务所"),
)
BRANDS = {
    "朱阁镇": "朱阁“三粉产业”人大代表联络站",
    "神垕镇": "神垕“钧瓷产业联盟”人大代表联络站",
    "方岗镇": "方岗“议事面对面”人大代表联络站",
}


@dataclass
class Network:
    """A county and what cases need of it, by name."""

    county: County
    hub: Station
    townships: dict[str, Station] = field(default_factory=dict)
    points: dict[str, list[Station]] = field(default_factory=dict)
    studios: list[Station] = field(default_factory=list)
    departments: dict[int, list[Department]] = field(default_factory=dict)  # by station
    staff: dict[int, User] = field(default_factory=dict)  # by station
    clerks: dict[int, User] = field(default_factory=dict)  # by department


def divisions(county: str) -> dict[str, list[tuple[str, str]]]:
    """Township → (code, village) in the order of the official list."""
    found: dict[str, list[tuple[str, str]]] = {}
    with VILLAGES.open(encoding="utf-8") as rows:
        for row in csv.DictReader(rows):
            if row["county"] == county:
                found.setdefault(row["township"], []).append((row["village_code"], row["village"]))
    return found


class Builder:
    """Builds one county; ``password`` is hashed already, since hashing is slow on purpose."""

    def __init__(self, seed: int, password: str) -> None:
        self.people = People(seed)
        self.password = password

    def user(self, username: str, name: str, **fields: object) -> User:
        return User.objects.create(username=username, name=name, password=self.password, **fields)

    def county(self, *, code: str, name: str, short: str, prefix: str, city: str, points: int | None) -> Network:
        """With every village as a point, or only the first few of the first townships (``points`` in all)."""
        county = County.objects.create(code=code, name=name, short_name=short, prefix=prefix, city=city)
        Rules.objects.create(county=county)
        head, contact = self.people.draw(), self.people.draw()
        hub = Station.objects.create(
            county=county,
            kind=Kind.HUB,
            name=f"{name}人大代表中心联络站",
            code=code,
            address=f"{name}人民路 1 号",
            phone=f"0{prefix_phone(prefix)}-8600001",
            opening_hours="工作日 8:30—12:00，14:30—17:30",
            head=head.name,
            head_phone=head.phone,
            contact=contact.name,
            contact_phone=contact.phone,
        )
        network = Network(county, hub)
        self._departments(network, hub, COUNTY_DEPARTMENTS, name.removesuffix("市") if short == "禹州" else name)
        left = points
        for number, (township, villages) in enumerate(divisions(code).items()):
            station = self._township(network, township, number)
            chosen = villages if left is None else villages[: min(left, 3)]
            if left is not None:
                left -= len(chosen)
            network.points[township] = [self._point(network, station, *village) for village in chosen]
        for studio, trade in STUDIOS:
            network.studios.append(self._studio(network, studio, trade))
        return network

    def _station(self, network: Network, **fields: object) -> Station:
        head, contact = self.people.draw(), self.people.draw()
        return Station.objects.create(
            county=network.county,
            head=head.name,
            head_phone=head.phone,
            contact=contact.name,
            contact_phone=contact.phone,
            opening_hours="工作日 8:30—12:00，14:30—17:30",
            **fields,
        )

    def _township(self, network: Network, township: str, number: int) -> Station:
        station = self._station(
            network,
            kind=Kind.TOWNSHIP,
            name=BRANDS.get(township, f"{township}人大代表联络站"),
            parent=network.hub,
            address=f"{township}人民政府院内",
            phone=f"0{prefix_phone(network.county.prefix)}-86001{number:02d}",
        )
        network.townships[township] = station
        self._departments(network, station, TOWNSHIP_DEPARTMENTS, township)
        for kind, employer in OFFICERS:
            officer = self.people.draw()
            ResidentOfficer.objects.create(
                station=station, name=officer.name, kind=kind, employer=employer, phone=officer.phone
            )
        return station

    def _point(self, network: Network, township: Station, code: str, village: str) -> Station:
        return self._station(
            network,
            kind=Kind.POINT,
            name=f"{village}人大代表联络点",
            parent=township,
            code=code,
            address=f"{village}党群服务中心",
        )

    def _studio(self, network: Network, studio: str, trade: str) -> Station:
        return self._station(network, kind=Kind.STUDIO, name=f"{studio}人大代表工作室", parent=network.hub, trade=trade)

    def _departments(
        self, network: Network, station: Station, rows: tuple[tuple[str, tuple[Field, ...]], ...], owner: str
    ) -> None:
        made = []
        for name, fields in rows:
            head, contact = self.people.draw(), self.people.draw()
            made.append(
                Department.objects.create(
                    station=station,
                    name=f"{owner}{name}",
                    head=head.name,
                    contact=contact.name,
                    phone=contact.phone,
                    fields=",".join(fields),
                )
            )
        network.departments[station.pk] = made

    def seat_staff(self, network: Network, station: Station, username: str) -> User:
        user = self.user(username, self.people.draw().name)
        StationStaff.objects.create(user=user, station=station)
        network.staff[station.pk] = user
        return user

    def seat_clerks(self, network: Network, station: Station, names: Iterator[str]) -> None:
        for department in network.departments[station.pk]:
            user = self.user(next(names), self.people.draw().name)
            DepartmentStaff.objects.create(user=user, department=department)
            network.clerks[department.pk] = user


def prefix_phone(prefix: str) -> str:
    return {"BA": "391", "YZ": "374"}[prefix]
