"""After a change of ``DATA_KEY``: write all personal data again with the present key, so that the earlier one can go."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError
from django.db import models, transaction

from history import log
from liaison.lib.encryption import DecryptionError, EncryptedTextField

PORTION = 500  # rows locked at once


class Command(BaseCommand):
    help = "Write encrypted data and its look-up indexes again with the present DATA_KEY. May run while people work."

    def handle(self, *args: Any, **options: Any) -> None:
        for model in holders():
            try:
                count = rewrite(model)
            except DecryptionError:
                raise CommandError(
                    f"{model._meta.verbose_name}：有数据用现有密钥读不出，未作改动的部分保持原样。"
                    "请把以前的密钥写入 DATA_KEY_PREVIOUS 后重新运行。"
                ) from None
            if count:
                log.append("system", action="reencrypt", after={"what": model._meta.label, "rows": count})
            self.stdout.write(f"{model._meta.verbose_name}：{count} 条已用现在的密钥重新加密。")


def holders() -> Iterator[type[models.Model]]:
    for model in apps.get_models():
        if any(isinstance(field, EncryptedTextField) for field in model._meta.concrete_fields):
            yield model


def rewrite(model: type[models.Model]) -> int:
    """Each row is saved while it is locked, so a step that somebody takes meanwhile is neither lost nor undone."""
    count, last = 0, 0
    rows = model._base_manager.order_by("pk")
    while True:
        with transaction.atomic():
            portion = list(rows.select_for_update().filter(pk__gt=last)[:PORTION])
            for row in portion:
                row.save()  # a model computes its blind index when it is saved
        if not portion:
            return count
        count, last = count + len(portion), portion[-1].pk
