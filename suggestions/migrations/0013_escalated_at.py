from django.db import migrations, models

CHUNK = 500


def read_from_history(apps, schema_editor):
    """The first 上报 of each case, from its events."""
    Event = apps.get_model("history", "Event")
    Suggestion = apps.get_model("suggestions", "Suggestion")
    first = {}
    rows = Event.objects.filter(action="escalate", chain__startswith="case:").order_by("at")
    for chain, at in rows.values_list("chain", "at").iterator(chunk_size=2000):
        first.setdefault(int(chain.removeprefix("case:")), at)
    pks = sorted(first)
    for start in range(0, len(pks), CHUNK):
        cases = [Suggestion(pk=pk, escalated_at=first[pk]) for pk in pks[start : start + CHUNK]]
        Suggestion.objects.bulk_update(cases, ["escalated_at"])


class Migration(migrations.Migration):
    dependencies = [
        ("suggestions", "0012_search_walk"),
        ("history", "0001_initial"),
    ]

    operations = [
        # It may be empty, so that SQLite adds the column without making the table anew.
        migrations.AddField(
            model_name="suggestion",
            name="escalated_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="首次上报时间"),
        ),
        migrations.RunPython(read_from_history, migrations.RunPython.noop, elidable=True),
    ]
