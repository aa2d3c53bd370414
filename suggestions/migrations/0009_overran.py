import datetime as dt

from django.db import migrations
from django.utils import timezone

TO_ANSWER = {"submitted", "registered", "assigned", "handling", "reported", "handed_over"}
CHUNK = 500


def read_from_history(apps, schema_editor):
    """Cases of which a step towards the answer was taken after its limit, as ``suggestions.steps.ran_out`` says it now."""
    Event = apps.get_model("history", "Event")
    Suggestion = apps.get_model("suggestions", "Suggestion")
    late, state, chain = [], "", ""
    rows = Event.objects.filter(chain__startswith="case:").order_by("chain", "seq")
    for event_chain, action, at, before, after in rows.values_list(
        "chain", "action", "at", "before", "after"
    ).iterator(chunk_size=2000):
        if event_chain != chain:
            chain, state = event_chain, ""
        due_on = before.get("due_on")
        if due_on and state in TO_ANSWER and action != "decide_extension":
            if dt.date.fromisoformat(due_on[:10]) < timezone.localdate(at):
                late.append(int(chain.removeprefix("case:")))
        state = after.get("state") or state
    late = sorted(set(late))
    for start in range(0, len(late), CHUNK):
        Suggestion.objects.filter(pk__in=late[start : start + CHUNK]).update(overran=True)


class Migration(migrations.Migration):
    dependencies = [
        ("suggestions", "0008_public_results"),
        ("history", "0001_initial"),
    ]

    operations = [migrations.RunPython(read_from_history, migrations.RunPython.noop, elidable=True)]
