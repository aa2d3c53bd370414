"""A case may belong to a reception day. SQLite makes the table anew for that and forgets its triggers, which keep up the
search index: they are put back."""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models

TRIGGERS = import_module("suggestions.migrations.0002_search_index").SQLITE[1:]


def put_back(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for statement in TRIGGERS:
            schema_editor.execute(statement.replace("CREATE TRIGGER", "CREATE TRIGGER IF NOT EXISTS", 1))


class Migration(migrations.Migration):
    dependencies = [("receptions", "0002_telling"), ("suggestions", "0005_search_cost")]

    operations = [
        # Undone, this comes last: the tables made anew on the way back want their triggers, too.
        migrations.RunPython(migrations.RunPython.noop, put_back, elidable=False),
        migrations.AddField(
            model_name="suggestion",
            name="officer_help",
            field=models.CharField(blank=True, max_length=200, verbose_name="驻站人员协助"),
        ),
        migrations.AddField(
            model_name="suggestion",
            name="reception_day",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="suggestions",
                to="receptions.receptionday",
                verbose_name="接待日",
            ),
        ),
        migrations.RunPython(put_back, migrations.RunPython.noop, elidable=False),
    ]
