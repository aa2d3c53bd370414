"""The index behind search. Chinese words are mostly two characters, which trigram indexes cannot serve: the text's
two-grams are stored in one column, indexed by GIN over an array (PostgreSQL) or by FTS5 kept up by triggers (SQLite)."""

from django.db import migrations

SQLITE = [
    """CREATE VIRTUAL TABLE suggestions_search USING fts5(
        search, content='suggestions_suggestion', content_rowid='id', tokenize='unicode61', detail='none')""",
    """CREATE TRIGGER suggestions_search_insert AFTER INSERT ON suggestions_suggestion BEGIN
        INSERT INTO suggestions_search(rowid, search) VALUES (new.id, new.search); END""",
    """CREATE TRIGGER suggestions_search_delete AFTER DELETE ON suggestions_suggestion BEGIN
        INSERT INTO suggestions_search(suggestions_search, rowid, search) VALUES ('delete', old.id, old.search); END""",
    """CREATE TRIGGER suggestions_search_update AFTER UPDATE OF search ON suggestions_suggestion
        WHEN old.search IS NOT new.search BEGIN
        INSERT INTO suggestions_search(suggestions_search, rowid, search) VALUES ('delete', old.id, old.search);
        INSERT INTO suggestions_search(rowid, search) VALUES (new.id, new.search); END""",
]
POSTGRESQL = [
    "CREATE INDEX suggestions_search ON suggestions_suggestion USING gin (string_to_array(search, ' '))",
]


def create(apps, schema_editor):
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement)


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX suggestions_search")
        return
    for name in ("insert", "delete", "update"):
        schema_editor.execute(f"DROP TRIGGER suggestions_search_{name}")
    schema_editor.execute("DROP TABLE suggestions_search")


class Migration(migrations.Migration):
    dependencies = [("suggestions", "0001_initial")]
    operations = [migrations.RunPython(create, drop, elidable=False)]
