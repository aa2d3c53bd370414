"""On PostgreSQL the database itself refuses to change or delete an event; only its free text may be blanked."""

from django.db import migrations

CREATE = """
CREATE FUNCTION history_append_only() RETURNS trigger AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.note = '' AND NEW.note_erased
       AND to_jsonb(NEW) - 'note' - 'note_erased' = to_jsonb(OLD) - 'note' - 'note_erased' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'events are never changed or deleted';
END $$ LANGUAGE plpgsql;
CREATE TRIGGER history_append_only BEFORE UPDATE OR DELETE ON history_event
    FOR EACH ROW EXECUTE FUNCTION history_append_only();
"""
DROP = "DROP TRIGGER history_append_only ON history_event; DROP FUNCTION history_append_only();"


def create(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(CREATE, params=None)


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(DROP, params=None)


class Migration(migrations.Migration):
    dependencies = [("history", "0001_initial")]
    operations = [migrations.RunPython(create, drop)]
