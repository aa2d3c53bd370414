"""Measure the pages on a small and a large county, side by side, and check what was promised.

    python -m bench [--sizes 10000 100000] [--rounds 40] [--sqlite]

Exits with 1 where a promise does not hold.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import statistics
import sys
import unicodedata
from pathlib import Path
from typing import Any

from bench.database import Databases
from bench.measured import AT_ONCE, Export, Imported, Measured, Public
from bench.worker import serve
from liaison.broker import Broker

BARE = "bare view"
LIST = Path(__file__).resolve().parents[2] / "shared" / "data" / "henan_townships.csv"
# What was promised.
GROWTH = 2.0  # the large county costs at most so many times the small one
LIST_QUERIES = 12
LIST_TIMES_BARE = 6.0
CASE_QUERIES = 60
PUBLIC_QUERIES = 8  # cold, whatever the number of notices
PUBLIC_KEPT, PUBLIC_RENDERED = 0.5, 0.1  # of the requests a second that a bare view with the same bytes answers
NOTICES = (10, 1000)
EXPORT_TIMES_BARE = 1.3  # of a bare openpyxl write-only loop over ready tuples of the same cells
EXPORT_PEAK = 150.0  # MB above idle
STATISTICS_MS = 300.0  # on the server, whatever the page, for a period of up to ten years
REMIND_SECONDS = 60.0
REMIND_QUERIES = 90  # a chunk of 100 days; SQLite takes some fifty rows in one INSERT, PostgreSQL a thousand


class Side:
    """One database and the process that has it."""

    def __init__(self, size: int, environment: dict[str, str]) -> None:
        self.size, self.environment = size, environment
        context = multiprocessing.get_context("spawn")
        self.connection, other = context.Pipe()
        self.process = context.Process(target=serve, args=(other, environment), daemon=True)
        self.process.start()
        other.close()
        self.times: dict[str, list[float]] = {}
        self.weights: dict[str, tuple[int, int]] = {}
        self.case_queries = (0, 0)

    def ask(self, method: str, *arguments: object) -> None:
        self.connection.send((method, arguments))

    def answer(self) -> Any:
        fine, value = self.connection.recv()
        if not fine:
            raise SystemExit(f"{self.size:,} cases: {value}")
        return value

    def call(self, method: str, *arguments: object) -> Any:
        self.ask(method, *arguments)
        return self.answer()

    def p50(self, name: str) -> float:
        return statistics.median(self.times[name])

    def p95(self, name: str) -> float:
        return statistics.quantiles(self.times[name], n=20, method="inclusive")[-1]

    def close(self) -> None:
        self.connection.close()
        self.process.join(10)


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--sizes", type=int, nargs=2, default=[10_000, 100_000], metavar=("SMALL", "LARGE"))
    parser.add_argument("--rounds", type=int, default=40, help="how often each page is asked for, on each side")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sqlite", action="store_true", help="SQLite, even where PostgreSQL listens")
    parser.add_argument("--pages", action="store_true", help="the pages people work on alone")
    parser.add_argument("--public", action="store_true", help="the public pages alone")
    parser.add_argument("--exports", action="store_true", help="the Excel export of the larger county alone")
    parser.add_argument("--imports", action="store_true", help="the import of deputies alone")
    parser.add_argument("--rows", type=int, default=100_000, help="deputies in the table that is imported")
    parser.add_argument("--statistics", action="store_true", help="the statistics of a large county alone")
    parser.add_argument("--cases", type=int, default=1_000_000, help="cases of that county; PostgreSQL only")
    parser.add_argument("--townships", type=int, default=2586, help="reception days that one run of the reminder tells")
    parser.add_argument(
        "--list",
        default=str(LIST),
        metavar="FILE.csv",
        help="the townships' names and codes (县代码, 县, 乡镇); made up where there is no such file",
    )
    asked = parser.parse_args()
    databases = Databases(sqlite=asked.sqlite)
    sides: list[Side] = []
    try:
        if asked.pages:
            lists = run(filled(databases, sides, asked.sizes, asked.seed), asked.rounds)
            report(sides)
            return verdict_on_all(check_pages(sides, lists))
        if asked.exports:
            exported = exports(filled(databases, sides, [asked.sizes[1]], asked.seed)[0])
            report_exports(databases.kind, exported)
            return verdict_on_all(check_exports(exported))
        if asked.imports:
            return verdict_on_all(check_import(imported(databases, asked.rows)))
        if asked.statistics:
            return verdict_on_all(statistics_pages(databases, asked.cases, asked.rounds))
        shown = {many: public_pages(databases, many, asked.rounds) for many in NOTICES}
        report_public(databases.kind, shown)
        if asked.public:
            return verdict_on_all(check_public(shown))
        taken_in = imported(databases, asked.rows)
        lists = run(filled(databases, sides, asked.sizes, asked.seed), asked.rounds)
        exported = exports(sides[-1])
        reminder = Side(asked.townships, databases.new(f"liaison_bench_reminder_{os.getpid()}"))
        sides.append(reminder)
        told = reminder.call("remind", asked.list, asked.townships)
        sides.remove(reminder)
        reminder.close()
        large_county = statistics_pages(databases, asked.cases, asked.rounds)
    finally:
        for side in sides:
            side.close()
        databases.close()
    report(sides)
    report_exports(databases.kind, exported)
    report_reminder(told)
    return verdict_on_all(
        check_import(taken_in)
        + check_public(shown)
        + check_pages(sides, lists)
        + check_reminder(told)
        + check_exports(exported)
        + large_county
    )


def filled(databases: Databases, sides: list[Side], sizes: list[int], seed: int) -> list[Side]:
    """``sides``, with one more for each of ``sizes``."""
    for size in sizes:
        sides.append(Side(size, databases.new(f"liaison_bench_{size}_{os.getpid()}")))
    print(f"{databases.kind}; filling {' and '.join(f'{size:,}' for size in sizes)} cases ...", flush=True)
    for side in sides:
        side.ask("fill", side.size, seed)
    for side in sides:
        print(f"  {side.size:>9,} cases in {side.answer():.0f} s", flush=True)
    return sides


def exports(side: Side) -> dict[str, list[Export] | str]:
    """Each in a fresh process on the database of ``side``; a large county's twice, in turns."""
    turns = ["export", "bare", "bare", "export"] if side.size >= 10_000 else ["export", "bare"]
    found: dict[str, list[Export] | str] = {}
    for kind in [*turns, "import_export"]:
        alone = Side(side.size, side.environment)
        answer = alone.call("export", kind)
        alone.close()
        if isinstance(answer, str):
            found[kind] = answer
        else:
            found[kind] = [*found.get(kind, []), answer]
    return found


def imported(databases: Databases, rows: int) -> Imported:
    side = Side(rows, databases.new(f"liaison_bench_import_{os.getpid()}"))
    try:
        found: Imported = side.call("import_deputies", rows)
    finally:
        side.close()
    report_import(databases.kind, found)
    return found


def report_import(kind: str, one: Imported) -> None:
    print(f"\nA table of {one.rows:,} deputies ({one.megabytes:.1f} MB) on {kind}, seconds")
    print(f"{'openpyxl read-only':26}{one.bare_read:9.1f}    {'upload and preview':26}{one.upload:9.1f}")
    print(f"{'bare bulk insert':26}{one.bare_insert:9.1f}    {'confirm':26}{one.confirm:9.1f}")
    print(f"{'together':26}{one.bare:9.1f}    {'together':26}{one.whole:9.1f}")
    print(f"The same table again, nothing to change: {one.again:.1f}; undone: {one.undo:.1f}.\n")


def check_import(one: Imported) -> int:
    promise = f"import of {one.rows:,} deputies: no slower than openpyxl read-only plus a bare bulk insert"
    return verdict(promise, one.whole <= one.bare, f"{one.whole / one.bare:.2f}")


def public_pages(databases: Databases, notices: int, rounds: int) -> list[Public]:
    """In a process of its own, with a cache server of its own, as an installation has one."""
    broker = Broker(databases.folder / f"broker-{notices}", databases.folder / f"broker-{notices}.log")
    broker.start()
    environment = databases.new(f"liaison_bench_public_{notices}_{os.getpid()}")
    side = Side(notices, environment | {"REDIS_URL": broker.url})
    try:
        found: list[Public] = side.call("public", notices, rounds)
        return found
    finally:
        side.close()
        broker.stop()


def statistics_pages(databases: Databases, cases: int, rounds: int) -> int:
    """Fill, keep, show and check; returns how many promises do not hold."""
    if not databases.server:
        print("\nStatistics of a large county: needs PostgreSQL, which does not listen here.")
        return 0
    side = Side(cases, databases.new(f"liaison_bench_statistics_{os.getpid()}"))
    try:
        (filled, kept, rows), shown = side.call("million", cases, rounds)
    finally:
        side.close()
    print(
        f"\nStatistics of a county with {cases:,} cases: filled in {filled:.0f} s, {rows:,} rows kept in {kept:.0f} s"
    )
    print(f"{'page':26}{'p50 ms':>11}{'p95 ms':>11}{'queries':>9}{'bytes':>10}")
    for page in shown:
        print(f"{page.name:26}{page.p50:11.1f}{page.p95:11.1f}{page.queries:9}{page.size:10,}")
    return sum(
        verdict(f"statistics, {page.name}: under {STATISTICS_MS:g} ms", page.p50 < STATISTICS_MS, f"{page.p50:.0f}")
        for page in shown
    )


def run(sides: list[Side], rounds: int) -> set[str]:
    """Fill in times and weights; returns the names of the pages that are lists."""
    names: dict[str, bool] = {}
    for side in sides:
        names = dict(side.call("names"))
        for name in names:  # the first time loads templates and plans; the second is weighed
            side.call("measure", name)
            side.weights[name] = side.call("weigh", name)
            side.times[name] = []
        side.call("whole_case")
        side.case_queries = side.call("whole_case")
    for number in range(rounds):  # A B, B A: what the machine does meanwhile meets both
        for name in names:
            for side in sides if number % 2 == 0 else reversed(sides):
                side.times[name].append(side.call("measure", name))
    return {name for name, is_list in names.items() if is_list}


def report(sides: list[Side]) -> None:
    small, large = sides
    print(f"\n{'':26}" + "".join(f"{f'{side.size:,} cases':>22}" for side in sides) + f"{'':>9}{'':>10}{'large,':>9}")
    print(
        f"{'page':26}" + f"{'p50 ms':>11}{'p95 ms':>11}" * 2 + f"{'queries':>9}{'bytes':>10}{'× bare':>9}{'× small':>9}"
    )
    for name in small.times:
        queries, size = large.weights[name]
        print(
            f"{pad(name, 26)}"
            + "".join(f"{side.p50(name):11.1f}{side.p95(name):11.1f}" for side in sides)
            + f"{queries:9}{size:10,}{large.p50(name) / large.p50(BARE):9.1f}{large.p50(name) / small.p50(name):9.2f}"
        )
    steps, who = large.case_queries
    print(f"\nA whole case, register to archive: {steps} queries, and {who} to know who takes each step.")


def report_public(kind: str, shown: dict[int, list[Public]]) -> None:
    print(
        f"\nPublic pages on {kind}: requests a second of one worker of the web server that `make run` starts, {AT_ONCE}"
        " visitors at a time, each request on a new connection.\nIn turns: a bare view in the same worker, behind the"
        " same middleware, that returns the same bytes; the page kept; the page rendered, with the page cache off."
    )
    print(
        f"{'page':26}{'notices':>9}{'bytes':>9}{'queries':>9}{'bare':>9}{'kept':>9}{'rendered':>10}"
        f"{'kept':>8}{'rendered':>10}"
    )
    for notices, pages in shown.items():
        for page in pages:
            print(
                f"{page.name:26}{notices:9,}{page.size:9,}{page.queries:9}{page.bare:9,.0f}{page.kept:9,.0f}"
                f"{page.rendered:10,.0f}{page.kept_share:8.2f}{page.rendered_share:10.2f}"
            )


EXPORTED = {"export": "our export", "bare": "bare openpyxl loop", "import_export": "django-import-export"}


def report_exports(kind: str, found: dict[str, list[Export] | str]) -> None:
    print(f"\nThe ledger as Excel on {kind}: all its columns, every case; each run in a process of its own")
    print(f"{'':26}{'cases':>9}{'seconds':>10}{'of CPU':>9}{'MB idle':>9}{'MB more':>9}{'file MB':>9}{'× bare':>9}")
    bare = best(found["bare"])
    for name, runs in found.items():
        if isinstance(runs, str):
            print(f"{EXPORTED[name]:26} not measured: {runs}")
            continue
        for one in runs:
            print(
                f"{EXPORTED[name]:26}{one.rows:9,}{one.seconds:10.2f}{one.cpu:9.2f}{one.idle:9.0f}{one.peak:9.0f}"
                f"{one.size / 1e6:9.1f}{one.seconds / bare:9.2f}"
            )


def best(runs: list[Export] | str) -> float:
    """Seconds of the run that was disturbed least."""
    return min(one.seconds for one in runs if isinstance(one, Export))


def check_exports(found: dict[str, list[Export] | str]) -> int:
    times = best(found["export"]) / best(found["bare"])
    peak = max(one.peak for one in found["export"] if isinstance(one, Export))
    print()
    failed = verdict(
        f"export: at most {EXPORT_TIMES_BARE:g} × the bare loop", times <= EXPORT_TIMES_BARE, f"{times:.2f}"
    )
    return failed + verdict(f"export: at most {EXPORT_PEAK:g} MB above idle", peak <= EXPORT_PEAK, f"{peak:.0f}")


def report_reminder(told: Measured) -> None:
    print(
        f"\nOne run of the reminder task: {told.days:,} days, {told.rows:,} outbox rows in {told.seconds:.1f} s"
        f" = {told.rows / told.seconds:,.0f} rows/s, {told.queries} queries in {told.chunks} transactions"
        f" ({told.queries / told.chunks:.0f} each)."
    )
    print(
        f"A bare bulk_create of the same rows: {told.bare_seconds:.1f} s = {told.rows / told.bare_seconds:,.0f} rows/s"
        f" (the run costs {told.seconds / told.bare_seconds:.1f} × as much)."
    )


def pad(text: str, width: int) -> str:
    return text + " " * (width - sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text))


def check_public(shown: dict[int, list[Public]]) -> int:
    failed = 0
    print()
    for notices, pages in shown.items():
        for page in pages:
            name = f"{page.name}, {notices:,} notices"
            failed += verdict(
                f"{name}: at most {PUBLIC_QUERIES} queries cold", page.queries <= PUBLIC_QUERIES, f"{page.queries}"
            )
            for what, share, least in (
                ("from the cache", page.kept_share, PUBLIC_KEPT),
                ("rendered", page.rendered_share, PUBLIC_RENDERED),
            ):
                failed += verdict(f"{name}: {what} at least {least:g} of the bare view", share >= least, f"{share:.2f}")
    return failed


def check_pages(sides: list[Side], lists: set[str]) -> int:
    small, large = sides
    failed = 0
    print()
    for name in small.times:
        failed += verdict(
            f"{name}: {large.size:,} cost at most {GROWTH:g} × what {small.size:,} do", *growth(sides, name)
        )
    for name in small.times:
        if name in lists:
            queries = max(side.weights[name][0] for side in sides)
            failed += verdict(f"{name}: at most {LIST_QUERIES} queries", queries <= LIST_QUERIES, f"{queries}")
            times = max(side.p50(name) / side.p50(BARE) for side in sides)
            failed += verdict(
                f"{name}: at most {LIST_TIMES_BARE:g} × the bare view", times <= LIST_TIMES_BARE, f"{times:.1f}"
            )
    queries = max(side.case_queries[0] for side in sides)
    return failed + verdict(f"a whole case: at most {CASE_QUERIES} queries", queries <= CASE_QUERIES, f"{queries}")


def check_reminder(told: Measured) -> int:
    failed = verdict(
        f"reminders of {told.days:,} days: under {REMIND_SECONDS:g} s",
        told.seconds < REMIND_SECONDS,
        f"{told.seconds:.1f}",
    )
    queries = round(told.queries / told.chunks)
    failed += verdict(
        f"reminders: at most {REMIND_QUERIES} queries a transaction", queries <= REMIND_QUERIES, f"{queries}"
    )
    return failed + verdict("reminders: a second run writes nothing", told.second_run == 0, f"{told.second_run}")


def verdict_on_all(failed: int) -> int:
    """The exit code."""
    print(f"\n{'all promises hold' if not failed else f'{failed} promises do not hold'}")
    return min(failed, 1)


def growth(sides: list[Side], name: str) -> tuple[bool, str]:
    small, large = sides
    times = large.p50(name) / small.p50(name)
    return times <= GROWTH, f"{times:.2f}"


def verdict(promise: str, holds: bool, found: str) -> int:
    print(f"{'PASS' if holds else 'FAIL'}  {promise} ({found})")
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
