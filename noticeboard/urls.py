from django.urls import URLPattern, path

from noticeboard.views import work_groups

app_name = "noticeboard"

urlpatterns: list[URLPattern] = [
    # work groups, under their station's page
    path("stations/<int:station_pk>/groups/", work_groups.groups, name="groups"),
    path("stations/<int:station_pk>/groups/new/", work_groups.create_group, name="create_group"),
    path("groups/<int:group_pk>/", work_groups.edit_group, name="edit_group"),
    path("groups/<int:group_pk>/active/", work_groups.set_group_active, name="set_group_active"),
    path("groups/<int:group_pk>/test/", work_groups.test_group, name="test_group"),
    path("groups/<int:group_pk>/outcome/", work_groups.group_outcome, name="group_outcome"),
    # --
]
