from django.urls import path

from supervision.views import groups, home, projects

app_name = "supervision"

urlpatterns = [
    path("", home.home, name="home"),
    path("groups/found/", groups.found_groups, name="found_groups"),
    path("groups/<int:pk>/", groups.group, name="group"),
    path("groups/<int:pk>/edit/", groups.edit_group, name="edit_group"),
    path("groups/<int:pk>/reveal/", groups.reveal_experts, name="reveal_experts"),
    path("groups/<int:pk>/members/", groups.add_members, name="add_members"),
    path("groups/<int:pk>/experts/", groups.add_expert, name="add_expert"),
    path("members/<int:pk>/end/", groups.end_member, name="end_member"),
    path("experts/<int:pk>/edit/", groups.edit_expert, name="edit_expert"),
    path("experts/<int:pk>/end/", groups.end_expert, name="end_expert"),
    path("projects/", projects.project_list, name="projects"),
    path("projects/create/", projects.create_project, name="create_project"),
    path("projects/<int:pk>/", projects.project, name="project"),
    path("projects/<int:pk>/edit/", projects.edit_project, name="edit_project"),
    path("projects/<int:pk>/stop/", projects.stop_project, name="stop_project"),
    path("projects/<int:pk>/tasks/", projects.add_task, name="add_task"),
    path("tasks/<int:pk>/edit/", projects.edit_task, name="edit_task"),
    path("tasks/<int:pk>/delete/", projects.delete_task, name="delete_task"),
    path("tasks/<int:pk>/milestones/", projects.add_milestone, name="add_milestone"),
    path("milestones/<int:pk>/edit/", projects.edit_milestone, name="edit_milestone"),
    path("milestones/<int:pk>/delete/", projects.delete_milestone, name="delete_milestone"),
    path("milestones/<int:pk>/report/", projects.report_milestone, name="report_milestone"),
]
