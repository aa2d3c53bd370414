"""Print the columns of every kind of import as Markdown, for docs/imports.md."""

from typing import Any

from django.core.management.base import BaseCommand

from imports.describe import markdown


class Command(BaseCommand):
    help = "Print docs/imports.md."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(markdown(), ending="")
