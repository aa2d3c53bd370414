from django.urls import path

from noticeboard.views import acting, reading, work_groups, writing

app_name = "noticeboard"

urlpatterns = [
    # notices
    path("", reading.board, name="list"),
    path("new/", writing.write, name="write"),
    path("<int:pk>/", reading.detail, name="detail"),
    path("<int:pk>/edit/", writing.edit, name="edit"),
    path("<int:pk>/submit/", acting.submit, name="submit"),
    path("<int:pk>/release/", acting.release, name="release"),
    path("<int:pk>/send-back/", acting.send_back, name="send_back"),
    path("<int:pk>/pin/", acting.pin, name="pin"),
    path("<int:pk>/revise/", acting.revise, name="revise"),
    path("<int:pk>/withdraw/", acting.withdraw, name="withdraw"),
    path("<int:pk>/files/<int:file_id>/", reading.file, name="file"),
    # work groups, under their station's page
    path("stations/<int:station_pk>/groups/", work_groups.groups, name="groups"),
    path("stations/<int:station_pk>/groups/new/", work_groups.create_group, name="create_group"),
    path("groups/<int:group_pk>/", work_groups.edit_group, name="edit_group"),
    path("groups/<int:group_pk>/active/", work_groups.set_group_active, name="set_group_active"),
    path("groups/<int:group_pk>/test/", work_groups.test_group, name="test_group"),
    path("groups/<int:group_pk>/outcome/", work_groups.group_outcome, name="group_outcome"),
]
