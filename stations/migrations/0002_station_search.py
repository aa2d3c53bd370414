from django.db import migrations, models

from liaison.lib.placenames import search_text


def fill(apps, schema_editor):
    Station = apps.get_model("stations", "Station")
    rows = []
    for station in Station.objects.only("pk", "name", "address", "trade").iterator(chunk_size=1000):
        station.search = search_text(station.name, station.address, station.trade)
        rows.append(station)
    Station.objects.bulk_update(rows, ["search"], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("stations", "0001_initial")]

    operations = [
        migrations.AddField("station", "search", models.TextField(default="", editable=False)),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
    ]
