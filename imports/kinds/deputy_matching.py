"""Which stored deputy a row of a table is about: nobody is doubled, and nobody is taken for somebody else."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from deputies.models import Deputy
from imports.rows import Row
from imports.scope import Scope


class Matcher:
    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    def match(self, rows: list[Row]) -> None:
        """First by what is one person's alone (certificate; name, level and phone), then by what else is known."""
        by_certificate: dict[tuple[str, str], Deputy] = {}
        by_phone: dict[str, list[Deputy]] = defaultdict(list)
        by_name: dict[tuple[str, str], list[Deputy]] = defaultdict(list)
        related = ("term", "constituency")
        for deputy in Deputy.objects.filter(county=self.scope.county).select_related(*related).order_by("pk"):
            deputy.county = self.scope.county
            if deputy.home_station_id:
                deputy.home_station = self.scope.places.by_pk[deputy.home_station_id]
            if deputy.certificate:
                by_certificate[deputy.level, deputy.certificate] = deputy
            if deputy.phone:
                by_phone[deputy.phone].append(deputy)
            by_name[deputy.level, deputy.name].append(deputy)
        claimed: dict[int, Row] = {}
        for row in rows:
            self._by_numbers(row, by_certificate, by_phone, claimed)
        for row in rows:
            if row.target is None and not row.troubles:
                self._by_name(row, by_name, claimed)
        self._refuse_twins(rows)

    def _by_numbers(
        self,
        row: Row,
        by_certificate: dict[tuple[str, str], Deputy],
        by_phone: dict[str, list[Deputy]],
        claimed: dict[int, Row],
    ) -> None:
        values = row.values
        found = by_certificate.get((values["level"], values.get("certificate", "")))
        if found is not None and found.name != values["name"]:
            row.refuse("代表证号", f"这个证号已经是{found.name}的", "")
            return
        owners = by_phone.get(values.get("phone", ""), ())
        strangers = [one for one in owners if one.name != values["name"] and one is not found]
        if strangers:
            row.refuse("电话", f"这个号码已经登记给{strangers[0].name}（{strangers[0].get_level_display()}）")
            return
        if found is None:
            same = [one for one in owners if one.level == values["level"]]
            found = same[0] if len(same) == 1 and self._may_be(row, same[0]) else None
        if found is not None:
            self._claim(row, found, claimed)

    def _by_name(self, row: Row, by_name: dict[tuple[str, str], list[Deputy]], claimed: dict[int, Row]) -> None:
        namesakes = by_name.get((row.values["level"], row.values["name"]), ())
        free = [one for one in namesakes if one.pk not in claimed and self._may_be(row, one)]
        alike = [one for one in free if self._has_in_common(row, one)]
        if len(alike) == 1:
            self._claim(row, alike[0], claimed)
        elif alike or free:
            who = (alike or free)[0]
            at = who.home_station.name if who.home_station else "未编入站点"
            row.refuse(
                "姓名",
                f"已有同名的{who.get_level_display()}（{at}），看不出是不是同一人；请填代表证号、电话、联络站或出生年月",
            )

    def _may_be(self, row: Row, deputy: Deputy) -> bool:
        """Nothing that both sides know speaks against it. A phone may have changed, a certificate or a birth has not;
        who has another phone and another station is somebody else."""
        values = row.fields
        for name in ("certificate", "born_in"):
            ours = values.get(name)
            theirs = getattr(deputy, name)
            if ours and theirs and ours != theirs:
                return False
        phones = (values.get("phone"), deputy.phone)
        homes = (values.get("home_station"), deputy.home_station)
        differ = [both for both in (phones, homes) if all(both) and both[0] != both[1]]
        return len(differ) < 2

    def _has_in_common(self, row: Row, deputy: Deputy) -> bool:
        names = ("certificate", "phone", "born_in", "home_station", "constituency")
        return any(row.fields.get(name) and row.fields[name] == getattr(deputy, name) for name in names)

    def _claim(self, row: Row, deputy: Deputy, claimed: dict[int, Row]) -> None:
        if deputy.pk in claimed:
            row.refuse("姓名", f"和第 {claimed[deputy.pk].number} 行是同一名代表")
            return
        claimed[deputy.pk] = row
        row.target = deputy

    def _refuse_twins(self, rows: list[Row]) -> None:
        """Two rows of the file about one person, or with one number for two people."""
        certificates: dict[Any, Row] = {}
        phones: dict[str, Row] = {}
        people: dict[Any, Row] = {}
        for row in rows:
            if row.troubles:
                continue
            values = row.values
            if number := values.get("certificate"):
                other = certificates.setdefault((values["level"], number), row)
                if other is not row:
                    row.refuse("代表证号", f"和第 {other.number} 行重复")
                    continue
            if number := values.get("phone"):
                other = phones.setdefault(number, row)
                if other is not row and other.values["name"] != values["name"]:
                    row.refuse("电话", f"和第 {other.number} 行（{other.values['name']}）是同一个号码")
                    continue
            who = tuple(
                str(row.fields.get(name, ""))
                for name in ("name", "level", "certificate", "phone", "born_in", "home_station", "constituency")
            )
            other = people.setdefault(who, row)
            if other is not row:
                row.refuse("姓名", f"和第 {other.number} 行是同一名代表")
