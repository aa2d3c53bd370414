"""The Django admin for technical administration, in Chinese.

What the workflow owns is shown read-only: nobody corrects a case behind its history's back. Every list can be exported.
Exports and whatever is added, changed or deleted here are events in the chain ``system``.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin
from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest
from django.utils import timezone

from liaison.lib.clientip import client_ip
from liaison.lib.encryption import EncryptedTextField
from liaison.lib.xlsx import Column, xlsx_response

if TYPE_CHECKING:
    from accounts.models import User


class LiaisonAdminSite(AdminSite):
    site_header = "联络站 · 技术管理"
    site_title = "联络站技术管理"
    index_title = "数据一览"


class LiaisonAdminConfig(AdminConfig):
    default_site = "liaison.admin_site.LiaisonAdminSite"


KINDS = {models.DateTimeField: ("datetime", 18), models.DateField: ("date", 12), models.IntegerField: ("int", 10)}


def _exported(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    """Every stored field but the password, encrypted personal data, and what the machine keeps for itself (search
    index, look-up digests, form tokens, salts: not editable, and without a Chinese name)."""
    return [
        field
        for field in model._meta.concrete_fields
        if field.name != "password"
        and not isinstance(field, EncryptedTextField)
        and (field.editable or not str(field.verbose_name).isascii())
    ]


def _column(field: models.Field[Any, Any]) -> Column:
    kind, width = next((found for base, found in KINDS.items() if isinstance(field, base)), ("text", 20))
    return Column(str(field.verbose_name), width, kind)


def _shown(row: models.Model, field: models.Field[Any, Any]) -> Any:
    if field.is_relation:
        related = getattr(row, field.name)
        return "" if related is None else str(related)
    if field.choices:
        return str(getattr(row, f"get_{field.name}_display")())
    value = field.value_from_object(row)
    if isinstance(field, models.JSONField):
        return json.dumps(value, ensure_ascii=False, cls=DjangoJSONEncoder) if value else ""
    if value is None or isinstance(value, (str, int, float)) or hasattr(value, "year"):
        return value
    return str(value)


class RecordAdmin(admin.ModelAdmin):
    """With the action "导出为 Excel": the chosen rows with every field that is not a secret or encrypted."""

    actions = ("export_xlsx",)
    list_per_page = 50
    show_full_result_count = False

    @admin.action(description="导出为 Excel")
    def export_xlsx(self, request: HttpRequest, queryset: QuerySet[Any]) -> FileResponse:
        fields = _exported(queryset.model)
        related = {field.name for field in fields if field.is_relation}
        if not isinstance(self.list_select_related, bool):
            related |= set(self.list_select_related)  # what the names of related rows are made of
        name = str(queryset.model._meta.verbose_name)
        rows = queryset.select_related(*related).iterator(chunk_size=1000)
        response, count = xlsx_response(
            f"{name}-{timezone.localdate()}.xlsx",
            title=name,
            subtitle=f"技术管理导出，{timezone.localtime():%Y-%m-%d %H:%M}",
            columns=[_column(field) for field in fields],
            rows=([_shown(row, field) for field in fields] for row in rows),
        )
        # Only now, so that a large export does not hold SQLite's one writer; without the event there is no answer.
        self._tell(request, "export", rows=count)
        return response

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        self._tell(request, "admin_add", id=obj.pk)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        parts = message if isinstance(message, list) else []
        fields = [name for part in parts for name in part.get("changed", {}).get("fields", [])]
        self._tell(request, "admin_change", id=obj.pk, fields=fields)
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        self._tell(request, "admin_delete", ids=[obj.pk for obj in queryset])
        return super().log_deletions(request, queryset)

    def _tell(self, request: HttpRequest, action: str, **after: Any) -> None:
        from history import log  # the site is imported while apps load, before any model

        log.append(
            "system",
            action=action,
            actor=cast("User", request.user),
            seat="技术管理员",
            address=client_ip(request) or None,
            after={"what": self.model._meta.label, **after},
        )


class ReadOnlyAdmin(RecordAdmin):
    """For what the workflow, the clock or the history writes."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
