"""Tell PostgreSQL what looking into a text costs. ``string_to_array`` is declared as cheap as adding two numbers, so
the newest cases were read one by one until fifty held the word, where the index finds them all in a tenth of the time.
"""

from django.db import migrations

CREATE = """
CREATE FUNCTION suggestions_grams(text) RETURNS text[] AS $$ BEGIN RETURN pg_catalog.string_to_array($1, ' '); END $$
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 1000;
DROP INDEX suggestions_search;
CREATE INDEX suggestions_search ON suggestions_suggestion USING gin (suggestions_grams(search));
"""
DROP = """
DROP INDEX suggestions_search;
DROP FUNCTION suggestions_grams(text);
CREATE INDEX suggestions_search ON suggestions_suggestion USING gin (string_to_array(search, ' '));
"""


def create(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(CREATE, params=None)


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(DROP, params=None)


class Migration(migrations.Migration):
    dependencies = [("suggestions", "0004_follow_up_index")]
    operations = [migrations.RunPython(create, drop, elidable=False)]
