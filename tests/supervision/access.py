"""The rows of this room for tests/test_access_matrix.py."""

from types import SimpleNamespace
from typing import Any

from tests.supervision import factories as make

EVERYBODY = "222222222"
COUNTY = "222222224"  # everybody with a seat in the county
OFFICE = "233333333"  # the county office, asked for nothing in particular
OF_OFFICE = "233333334"  # the same, for a thing of the county
PROJECT = "224424244"  # the clerk's department has it, the deputy leads its group, 甲镇 helps
ARRANGED = "234434344"  # the same people, but it is for the county office to do

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
}
READ: dict[str, str] = {
    "supervision:home": EVERYBODY,
    "supervision:group": COUNTY,
    "supervision:projects": EVERYBODY,
    "supervision:project": PROJECT,
}
POST: dict[str, str] = {
    "supervision:found_groups": OFFICE,
    "supervision:reveal_experts": "233333234",  # the deputy leads the group
    "supervision:end_member": OF_OFFICE,
    "supervision:end_expert": OF_OFFICE,
    "supervision:delete_task": ARRANGED,
    "supervision:delete_milestone": ARRANGED,
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
    return {
        **{f"supervision:{name}": {"pk": group.pk} for name in of_group},
        "supervision:end_member": {"pk": make.member(group, people.other_deputy).pk},
        **{f"supervision:{name}": {"pk": expert.pk} for name in ("edit_expert", "end_expert")},
        **{f"supervision:{name}": {"pk": project.pk} for name in of_project},
        **{f"supervision:{name}": {"pk": task.pk} for name in ("edit_task", "delete_task", "add_milestone")},
        **{f"supervision:{verb}_milestone": {"pk": milestone.pk} for verb in ("edit", "delete", "report")},
    }
