from django.urls import path

from supervision.views import groups, home

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
]
