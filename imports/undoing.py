"""Take the last import back, while nothing depends on it: delete what it made, put back what it changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import DEFAULT_DB_ALIAS, IntegrityError, models, transaction
from django.utils import timezone

from imports import changes
from imports.models import Import, Payload, State
from imports.packing import unpack
from imports.rows import column_names, plain, stamp, store_changed
from imports.scope import Scope
from stations.models import Station

if TYPE_CHECKING:
    from accounts.models import User

CHUNK = 900  # keys in one statement
NOTHING_DONE = "这次导入没有导入什么，或者已经撤销。"
CLASH = "不能撤销：原来的资料和现在的有冲突（例如证号已经给了别人）。"
NAMED = 5  # rows that are named in a refusal


def obstacle(one: Import) -> str:
    """Why the import cannot be taken back whatever was done since; empty: it is worth trying."""
    if one.state not in (State.DONE, State.UNDOING):
        return NOTHING_DONE
    if not one.payload.written:
        return "导入超过 30 天，撤销用的记录已经删除。"
    later = Import.objects.filter(office=one.office_id, kind=one.kind, state=State.DONE, decided_at__gt=one.decided_at)
    if later.exists():
        return f"只能撤销最近一次{one.label}导入；后面还有一次，请先撤销它。"
    return ""


def undo(pk: int, *, actor: User) -> Import:
    """ValidationError with the reason where something depends on what was imported, or somebody changed it since. Many
    rows are taken back by a worker."""
    try:
        with transaction.atomic():
            one = changes.locked(pk, State.DONE, why=NOTHING_DONE)
            if not one.is_large:
                return take_back(one, actor=actor)
            if why := obstacle(one):
                raise ValidationError(why)
            one.undone_by, one.undone_at = actor, timezone.now()
            changes.hand_over(one, State.UNDOING)
            return one
    except IntegrityError:
        raise ValidationError(CLASH) from None


def take_back(one: Import, *, actor: User) -> Import:
    """Of a locked import, in the transaction of the lock."""
    if why := obstacle(one):
        raise ValidationError(why)
    record: dict[str, Any] = unpack(one.payload.written)
    created = {apps.get_model(label): dict(pairs) for label, pairs in record["created"].items()}
    changed = {apps.get_model(label): rows for label, rows in record["changed"].items()}
    reasons = [
        *(reason for model, stamps in created.items() for reason in _touched(model, stamps)),
        *(reason for model, rows in changed.items() for reason in _changed_again(model, rows)),
    ]
    if not reasons:
        for model, rows in changed.items():
            _put_back(model, rows)
        reasons = list(_dependents(created))  # what pointed there because the import said so does no more
    if reasons:
        raise ValidationError(f"不能撤销，因为导入以后又有了变化：{'；'.join(reasons)}。")
    kind = one.of()
    for model in sorted(created, key=_depth, reverse=True):
        _delete(model, created[model])
    kind.undone(Scope(one.office, actor), record["extra"])
    one.state, one.undone_by, one.undone_at, one.error = State.UNDONE, actor, timezone.now(), ""
    one.save(update_fields=["state", "undone_by", "undone_at", "error"])
    Payload.objects.filter(of=one).update(sheet="", plan="", written="", slips="")
    changes.note_down(one, "import_undo", actor=actor)
    return one


def _chunks(pks: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(pks), CHUNK):
        yield pks[start : start + CHUNK]


def _rows(model: type[models.Model], pks: list[int]) -> Iterator[models.Model]:
    for some in _chunks(pks):
        yield from model._default_manager.filter(pk__in=some).order_by("pk")


def _names(rows: list[str]) -> str:
    return "、".join(rows[:NAMED]) + (f"等 {len(rows)} 条" if len(rows) > NAMED else "")


def _touched(model: type[models.Model], stamps: dict[int, int]) -> Iterator[str]:
    names = column_names(model)
    found = {row.pk: row for row in _rows(model, sorted(stamps))}
    gone = len(stamps) - len(found)
    if gone:
        yield f"导入的{model._meta.verbose_name}已经删除了 {gone} 条"
    edited = [str(row) for pk, row in found.items() if stamp(row, names) != stamps[pk]]
    if edited:
        yield f"{_names(edited)}（{model._meta.verbose_name}）的资料改过"


def _changed_again(model: type[models.Model], rows: dict[str, Any]) -> Iterator[str]:
    found = {row.pk: row for row in _rows(model, sorted(map(int, rows)))}
    again = []
    for pk, columns in rows.items():
        row = found.get(int(pk))
        if row is None or any(plain(getattr(row, name)) != new for name, (_, new) in columns.items()):
            again.append(str(row) if row else f"第 {pk} 号")
    if again:
        yield f"{_names(again)}（{model._meta.verbose_name}）又改过"


def _dependents(created: dict[type[models.Model], dict[int, int]]) -> Iterator[str]:
    """Everything in the database that points at a created row and is not of this import itself."""
    for model, stamps in created.items():
        if not stamps:
            continue
        low, high = min(stamps), max(stamps)
        relations: Iterable[Any] = model._meta.get_fields(include_hidden=True)
        for relation in relations:  # also those without a name to ask by
            if not (relation.one_to_many or relation.one_to_one) or relation.concrete:
                continue
            pointing, name = relation.related_model, relation.field.name
            rows = pointing._base_manager.filter(**{f"{name}__gte": low, f"{name}__lte": high}).order_by()
            own = created.get(pointing, {})
            count = sum(target in stamps and pk not in own for pk, target in rows.values_list("pk", name).iterator())
            if count:
                yield f"{model._meta.verbose_name}下已有 {count} 条{pointing._meta.verbose_name}"


def _put_back(model: type[models.Model], rows: dict[str, Any]) -> None:
    objects = list(_rows(model, sorted(map(int, rows))))
    names: set[str] = set()
    for row in objects:
        for attname, (old, _) in rows[str(row.pk)].items():
            field: Any = model._meta.get_field(attname.removesuffix("_id") if attname.endswith("_id") else attname)
            setattr(row, attname, field.to_python(old))
            names.add(field.name)
        if derive := getattr(row, "derive", None):
            derive()
        if isinstance(row, Station):
            row.path = row.own_path()
    store_changed(objects, names | set(DERIVED.get(model._meta.label, ())))


# What follows from other columns and is written with them.
DERIVED = {"stations.Station": ("parent_kind", "search", "path"), "deputies.Deputy": ("pinyin", "initials")}


def _depth(model: type[models.Model]) -> int:
    """Who points at others goes first."""
    order = (
        "accounts.User",
        "stations.Station",
        "deputies.Term",
        "deputies.Constituency",
        "deputies.Deputy",
        "deputies.Constituent",
        "suggestions.Suggestion",
    )
    return order.index(model._meta.label) if model._meta.label in order else len(order)


def _delete(model: type[models.Model], stamps: dict[int, int]) -> None:
    """Nothing points at these rows but each other; children before parents."""
    pks = sorted(stamps, reverse=True)
    if model is Station:
        depth = {row.pk: len(row.path) for row in _rows(model, pks) if isinstance(row, Station)}
        pks.sort(key=lambda pk: depth[pk], reverse=True)
    for some in _chunks(pks):
        # Foreign keys are checked at the end of the transaction. What a model's delete() would look for is done already.
        model._default_manager.filter(pk__in=some)._raw_delete(DEFAULT_DB_ALIAS)
