"""Prove that the history is whole: every chain fits, and every case ends where its last event says."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from history.log import broken_links
from history.models import Event
from suggestions.models import Suggestion


class Command(BaseCommand):
    help = "Verify the hash chains of all events, and that no case's last events were removed."

    def handle(self, *args: Any, **options: Any) -> None:
        faults = [f"{event.chain} #{event.seq}: {what}" for event, what in broken_links()]
        faults += list(lost_tails())
        for fault in faults[:100]:
            self.stderr.write(fault)
        if faults:
            raise CommandError(f"共发现 {len(faults)} 处问题。")
        chains = Event.objects.values("chain").distinct().count()
        self.stdout.write(f"核对完成：{Event.objects.count()} 条记录，{chains} 条链，没有问题。")


def lost_tails() -> Any:
    """Cases whose row does not agree with the last event of their chain."""
    last: dict[str, tuple[int, str, str]] = {}
    taken_back: set[str] = set()  # past cases whose import was undone: the chain says so and is all that is left
    events = Event.objects.filter(chain__startswith="case:").order_by("chain", "seq")
    columns = ("chain", "seq", "hash", "after", "action")
    for chain, seq, digest, after, action in events.values_list(*columns).iterator(chunk_size=5000):
        if action == "undo_past":
            taken_back.add(chain)
        state = after.get("state") or (last[chain][2] if chain in last else "")
        last[chain] = (seq, digest, state)
    rows = Suggestion.objects.values_list("pk", "number", "event_seq", "event_hash", "state")
    for pk, number, seq, digest, state in rows.iterator(chunk_size=5000):
        found = last.pop(f"case:{pk}", (0, "", ""))
        if found[:2] != (seq, digest):
            yield f"{number}: 记录到第 {found[0]} 条，应有 {seq} 条"
        elif found[2] != state:
            yield f"{number}: 状态为 {state}，最后一条记录为 {found[2]}"
    yield from (f"{chain}: 有记录而没有这件意见" for chain in last if chain not in taken_back)
