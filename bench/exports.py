"""The ledger as Excel: the export as its task makes it, beside a bare openpyxl loop over ready tuples of the same cells,
and beside django-import-export on the same cases."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.http import QueryDict
from openpyxl import Workbook

from bench.measured import Export
from demo import accounts
from reports.exports import jobs, matters
from reports.exports.models import ExportJob
from suggestions import export
from suggestions.models import Suggestion, Voter


def measure(kind: str) -> Export | str:
    """In a process of its own; what cannot be measured says why."""
    user = get_user_model().objects.get(username=accounts.COUNTY_OFFICE)
    return {"export": _export, "bare": _bare, "import_export": _import_export}[kind](user)


def _export(user: Any) -> Export:
    """As the task does it: claim, rows, progress, file, event, message."""
    what = {"matters": ["cases"], "title": "群众意见台账", "seats": jobs.seats_of(user)}
    _write(ExportJob.objects.create(user=user, query="q=没有这样的意见", **what))  # everything is loaded by now
    job = ExportJob.objects.create(user=user, **what)
    return _measured(lambda: _write(job))


def _write(job: ExportJob) -> tuple[int, int]:
    claimed = jobs.claim(job.pk)
    if claimed is None or not jobs.write(claimed):
        raise RuntimeError(f"export {job.pk}: {ExportJob.objects.get(pk=job.pk).error}")
    job.refresh_from_db()
    return job.done, job.size


def _bare(user: Any) -> Export:
    """The least that openpyxl can do: no style, no width, no database. The tuples are ready before the clock starts."""
    (extract,) = matters.read(["cases"], user, QueryDict())
    rows = [tuple(row) for row in extract]

    def write() -> tuple[int, int]:
        book = Workbook(write_only=True)
        sheet = book.create_sheet()
        for row in rows:
            sheet.append(row)
        with tempfile.TemporaryFile() as stream:
            book.save(stream)
            return len(rows), stream.tell()

    return _measured(write)


def _import_export(user: Any) -> Export | str:
    try:
        from import_export import fields, resources
    except ImportError:
        return "django-import-export is not installed (requirements-dev.txt)"
    names = {column.heading: name for column, name in zip(export.COLUMNS, PLAIN, strict=True)}

    class Cases(resources.ModelResource):
        class Meta:
            model = Suggestion
            fields = ()

        def get_queryset(self) -> Any:
            related = ("station", "desk", "reception_day", "deputy", "lead")
            cases = Suggestion.objects.visible_to(user).select_related(*related).defer("search", "query_code")
            return cases.prefetch_related("voters", "assignments__department").order_by("-pk")

        def get_export_order(self, *args: Any) -> list[str]:
            return list(self.fields)

    for heading, name in names.items():
        one = fields.Field(attribute=name, column_name=heading) if isinstance(name, str) else _Computed(heading, name)
        Cases.fields[heading] = one
    resource = Cases()

    def write() -> tuple[int, int]:
        dataset = resource.export()
        return len(dataset), len(dataset.export("xlsx"))

    return _measured(write)


def _current(case: Suggestion, role: str) -> list[Any]:
    return [one for one in case.assignments.all() if one.is_current and one.role == role]


def _lead(case: Suggestion, name: str) -> Any:
    lead = _current(case, "lead")
    return export.local_day(getattr(lead[0], name)) if lead and name == "assigned_at" else lead and lead[0].due_on


def _voters(case: Suggestion, of: Callable[[Voter], str]) -> str:
    return "、".join(filter(None, map(of, case.voters.all())))


# The same columns, by attribute or, where the ledger works something out, by a function of the case.
PLAIN: tuple[str | Callable[[Suggestion], Any], ...] = (
    "number",
    "get_kind_display",
    "get_channel_display",
    "get_field_display",
    "title",
    "content",
    "demand",
    "happened_on",
    "station__name",
    "desk__name",
    "reception_day__date",
    "deputy__name",
    "officer_help",
    lambda case: _voters(case, lambda one: one.name or one.masked_name),
    lambda case: _voters(case, lambda one: one.phone),
    "lead__name",
    lambda case: "、".join(one.department.name for one in _current(case, "co")),
    lambda case: _lead(case, "assigned_at"),
    lambda case: _lead(case, "due_on") or case.due_on,
    "get_state_display",
    lambda case: "是" if case.is_overdue() else "否",
    "get_result_kind_display",
    "grade",
    lambda case: export.local_day(case.replied_at),
    "get_satisfaction_display",
    lambda case: export.local_day(case.closed_at),
    "result",
    "reply",
    "get_refuse_reason_display",
)


def _Computed(heading: str, of: Callable[[Suggestion], Any]) -> Any:
    from import_export import fields

    class Computed(fields.Field):
        def get_value(self, instance: Any, *args: Any, **kwargs: Any) -> Any:
            return of(instance)

    return Computed(column_name=heading)


def _measured(write: Callable[[], tuple[int, int]]) -> Export:
    idle = _memory("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # the peak is that of what follows
    began, cpu = time.perf_counter(), time.process_time()
    rows, size = write()
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    return Export(rows, size, seconds, cpu, idle, _memory("VmHWM") - idle)


def _memory(name: str) -> float:
    """MB of this process, as the kernel counts them."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError(f"the kernel does not tell {name}")
