"""The rows of this room for tests/test_access_matrix.py."""

from types import SimpleNamespace
from typing import Any

from django.core.files.base import ContentFile

from supervision.models import FindingPhoto
from tests.supervision import factories as make
from tests.supervision import voting

EVERYBODY = "222222222"
COUNTY = "222222224"  # everybody with a seat in the county
OFFICE = "233333333"  # the county office, asked for nothing in particular
OF_OFFICE = "233333334"  # the same, for a thing of the county
PROJECT = "224424244"  # the clerk's department has it, the deputy leads its group, 甲镇 helps
ARRANGED = "234434344"  # the same people, but it is for the county office to do
# A published round about the county's department: its clerk sees the own result, the deputy sits in the committee.
ROUND = "244442244"
OF_ROUND = "244443344"
RECTIFICATION = "244442444"
OFFICE_RECTIFIES, DEPARTMENT_RECTIFIES = "244443444", "344442444"
ORGANISED = "234444344"  # who sees the inspection, but it is for the county office to do

GET: dict[str, str] = {
    **dict.fromkeys((f"supervision:{verb}" for verb in ("edit_group", "add_members", "add_expert")), OF_OFFICE),
    "supervision:edit_expert": OF_OFFICE,
    "supervision:create_project": OFFICE,
    # of 甲镇's group and department: the county office arranges, who sees the project without that is told so
    **dict.fromkeys((f"supervision:{verb}_project" for verb in ("edit", "stop")), ARRANGED),
    **dict.fromkeys(
        (f"supervision:{verb}" for verb in ("add_task", "edit_task", "add_milestone", "edit_milestone")), ARRANGED
    ),
    "supervision:report_milestone": "234424344",
    "supervision:create_round": OFFICE,
    **dict.fromkeys(
        (f"supervision:{verb}" for verb in ("edit_round", "type_tally", "return_tally", "void_round")), OF_ROUND
    ),
    **dict.fromkeys((f"supervision:{verb}" for verb in ("explain", "report_result")), DEPARTMENT_RECTIFIES),
    **dict.fromkeys(
        (f"supervision:{verb}" for verb in ("return_result", "note_committee", "vote_again")), OFFICE_RECTIFIES
    ),
    "supervision:plan_for_group": OF_OFFICE,
    "supervision:plan_for_station": "223333334",
    # of 甲镇's group, the deputy leads it and is asked; the finding went to the clerk's department
    **dict.fromkeys(
        (f"supervision:{verb}" for verb in ("edit_inspection", "cancel_inspection", "hold_inspection")), ORGANISED
    ),
    "supervision:invite_people": ORGANISED,
    "supervision:answer_inspection": "334444244",
    "supervision:note_finding": "234444244",
    **dict.fromkeys((f"supervision:{verb}_finding" for verb in ("edit", "send", "drop")), "234434344"),
    "supervision:report_finding": "334424344",
    "supervision:check_finding": "234434244",
}
READ: dict[str, str] = {
    "supervision:home": EVERYBODY,
    "supervision:group": COUNTY,
    "supervision:projects": EVERYBODY,
    "supervision:project": PROJECT,
    "supervision:rounds": EVERYBODY,
    "reports:export_rounds": OFFICE,
    "supervision:round": ROUND,
    "supervision:round_sheet": ROUND,
    "supervision:rectification": RECTIFICATION,
    "supervision:rectification_file": RECTIFICATION,
    "reports:export_inspections": "222233332",  # station staff
    **dict.fromkeys(("reports:export_projects", "reports:export_findings"), "222222332"),  # departments theirs
    "supervision:inspections": EVERYBODY,
    "supervision:inspection": "224444244",
    "supervision:inspection_sheet": "224444244",
    "supervision:findings": EVERYBODY,
    "supervision:finding": "224424244",
    "supervision:finding_photo": "224424244",
}
POST: dict[str, str] = {
    "supervision:found_groups": OFFICE,
    "supervision:reveal_experts": "233333234",  # the deputy leads the group
    "supervision:end_member": OF_OFFICE,
    "supervision:end_expert": OF_OFFICE,
    "supervision:delete_task": ARRANGED,
    "supervision:delete_milestone": ARRANGED,
    **dict.fromkeys(
        (
            f"supervision:{verb}"
            for verb in ("issue_codes", "open_round", "close_round", "confirm_tally", "publish_round")
        ),
        OF_ROUND,
    ),
    "supervision:accept_result": OFFICE_RECTIFIES,
}
STRICTER_POSTS: dict[str, str] = {}


def arguments(people: SimpleNamespace) -> dict[str, dict[str, Any]]:
    """URL name → its arguments, of things made for the scene; the things belong to 甲镇."""
    group = make.group(people)
    of_group = ("group", "edit_group", "reveal_experts", "add_members", "add_expert")
    expert = make.expert(group)
    project = make.project(people, group, department=people.town_department)
    of_project = ("project", "edit_project", "stop_project", "add_task")
    task = make.task(project)
    milestone = make.milestone(task)
    bad = voting.rectification(people)
    paper = voting.handed_in(bad)
    rounds = ("round", "round_sheet", "edit_round", "type_tally", "return_tally", "void_round", "issue_codes")
    presses = ("open_round", "close_round", "confirm_tally", "publish_round")
    follow = ("rectification", "explain", "report_result", "return_result", "note_committee", "vote_again")
    inspection = make.held(people, group, people.deputy)
    finding = make.sent(inspection, people.town_department)
    photo = FindingPhoto(finding=finding, name="现场.jpg")
    photo.file.save("finding.jpg", ContentFile(b"\xff\xd8\xff"))
    of_inspection = ("inspection", "edit_inspection", "cancel_inspection", "hold_inspection", "answer_inspection")
    of_inspection += ("invite_people", "note_finding", "inspection_sheet")
    of_finding = ("finding", *(f"{verb}_finding" for verb in ("edit", "send", "drop", "report", "check")))
    return {
        **{f"supervision:{name}": {"pk": bad.subject.round_id} for name in (*rounds, *presses)},
        **{f"supervision:{name}": {"pk": bad.pk} for name in (*follow, "accept_result")},
        "supervision:rectification_file": {"pk": bad.pk, "file_id": paper.pk},
        "supervision:plan_for_group": {"pk": group.pk},
        "supervision:plan_for_station": {"pk": people.town.pk},
        **{f"supervision:{name}": {"pk": inspection.pk} for name in of_inspection},
        **{f"supervision:{name}": {"pk": finding.pk} for name in of_finding},
        "supervision:finding_photo": {"pk": finding.pk, "photo_pk": photo.pk},
        **{f"supervision:{name}": {"pk": group.pk} for name in of_group},
        "supervision:end_member": {"pk": make.member(group, people.other_deputy).pk},
        **{f"supervision:{name}": {"pk": expert.pk} for name in ("edit_expert", "end_expert")},
        **{f"supervision:{name}": {"pk": project.pk} for name in of_project},
        **{f"supervision:{name}": {"pk": task.pk} for name in ("edit_task", "delete_task", "add_milestone")},
        **{f"supervision:{verb}_milestone": {"pk": milestone.pk} for verb in ("edit", "delete", "report")},
    }
