"""SQLite makes a table anew for a column that may not be NULL, and its triggers go with the old one (0008 and 0010): put
them back, and read again what came in without them."""

from importlib import import_module

from django.db import migrations

put_back = import_module("suggestions.migrations.0006_reception_day").put_back


def put_back_and_read_again(apps, schema_editor):
    put_back(apps, schema_editor)
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("INSERT INTO suggestions_search(suggestions_search) VALUES ('rebuild')")


class Migration(migrations.Migration):
    dependencies = [("suggestions", "0010_held_words")]
    operations = [migrations.RunPython(put_back_and_read_again, migrations.RunPython.noop, elidable=False)]
