"""Tell PostgreSQL what looking into a text costs since ``suggestions.search`` looks for the characters first: of the rows
that do not hold a word, few come as far as the function. Workers that read beside the query take longer to start than
fifty cases to find."""

from django.db import migrations

CHANGE = "ALTER FUNCTION suggestions_grams(text) COST 300 PARALLEL UNSAFE"
BACK = "ALTER FUNCTION suggestions_grams(text) COST 1000 PARALLEL SAFE"


def change(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(CHANGE, params=None)


def change_back(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(BACK, params=None)


class Migration(migrations.Migration):
    dependencies = [("suggestions", "0011_search_triggers")]
    operations = [migrations.RunPython(change, change_back, elidable=False)]
