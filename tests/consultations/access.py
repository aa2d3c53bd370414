"""The rows of this room for tests/test_access_matrix.py."""

from types import SimpleNamespace
from typing import Any

from django.core.files.base import ContentFile

from consultations.models import ConsultationFile, Step
from tests.consultations import factories, talks

# The whistle is 甲镇's and calls the clerk's department.
DEPARTMENT_STEP = "334424444"
STATION_STEP = "224434444"

# A consultation of 甲镇 to which its deputy and the clerk's department were asked.
SEEN = "224424244"
STAFF = "224434344"

WHISTLES = {
    "consultations:whistle_blow": "222233332",  # each for the own station
    **dict.fromkeys(
        (f"consultations:whistle_{step}" for step in ("check_in", "note", "report", "refuse", "judge")), DEPARTMENT_STEP
    ),
    **dict.fromkeys(
        (f"consultations:whistle_{step}" for step in ("answer", "send_back", "withdraw", "rate")), STATION_STEP
    ),
    "consultations:whistle_decide": "234434444",
}
GET: dict[str, str] = {
    **WHISTLES,
    "consultations:create": "222233332",
    **dict.fromkeys(
        (
            f"consultations:{name}"
            for name in (
                "edit",
                "cancel",
                "conclude",
                "count_ratings",
                "finish",
                "add_files",
                "release",
                "give_promise",
                "edit_promise",
                "end_promise",
                "reopen_promise",
            )
        ),
        STAFF,
    ),
    "consultations:report_progress": "224424344",  # the station, and the department that promised
}
READ: dict[str, str] = {
    "consultations:whistles": "222222222",
    "consultations:whistle_figures": "222222332",
    "reports:export_whistles": "222222332",
    "consultations:whistle": "224424444",
    **dict.fromkeys(("consultations:list", "consultations:promises"), "222222222"),
    **dict.fromkeys(("reports:export_consultations", "reports:export_promises"), "222222332"),
    **dict.fromkeys((f"consultations:{name}" for name in ("detail", "sheet", "file", "promise")), SEEN),
}
POST: dict[str, str] = {
    **dict.fromkeys((f"consultations:{name}" for name in ("announce", "start", "undo_sign_in", "remove_file")), STAFF),
    "consultations:sign_in": SEEN,
    "consultations:rate": "334424244",  # who sat at the table
}
STRICTER_POSTS: dict[str, str] = {}


def arguments(people: SimpleNamespace) -> dict[str, dict[str, Any]]:
    """URL name → its arguments, of things made for the scene; the things belong to 甲镇."""
    return {**of_whistles(people), **of_talks(people)}


def of_whistles(people: SimpleNamespace) -> dict[str, dict[str, Any]]:
    whistle = factories.whistle(people)
    (call,) = whistle.calls.all()
    steps = (name for name in WHISTLES if name != "consultations:whistle_blow")
    return {"consultations:whistle": {"pk": whistle.pk}} | {key: {"pk": call.pk} for key in steps}


def of_talks(people: SimpleNamespace) -> dict[str, dict[str, Any]]:
    promise = talks.promised(people)
    one = promise.consultation
    row = ConsultationFile(consultation=one, step=Step.BEFORE, name="方案.pdf", media_type="application/pdf", size=5)
    row.file.save("plan.pdf", ContentFile(b"%PDF-"))
    party = one.parties.first()
    assert party is not None
    alone = ("detail", "sheet", "edit", "announce", "cancel", "start", "conclude", "rate", "count_ratings", "finish")
    of_promise = ("promise", "edit_promise", "report_progress", "end_promise", "reopen_promise")
    keys = {
        **{name: {"pk": one.pk} for name in (*alone, "add_files", "give_promise")},
        **{name: {"pk": promise.pk} for name in of_promise},
        **{name: {"pk": one.pk, "file_pk": row.pk} for name in ("file", "remove_file")},
        **{name: {"pk": one.pk, "party_pk": party.pk} for name in ("sign_in", "undo_sign_in")},
        "release": {"pk": one.pk, "step": "before"},
    }
    return {f"consultations:{name}": values for name, values in keys.items()}
