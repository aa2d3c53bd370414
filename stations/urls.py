from django.urls import path

from stations import door, people, rules, views

app_name = "stations"

urlpatterns = [
    path("", views.tree, name="tree"),
    path("new/", views.create, name="create"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("<int:pk>/door/", door.door_sheet, name="door_sheet"),
    path("<int:pk>/active/", views.set_active, name="set_active"),
    path("<int:station_pk>/departments/new/", people.create_department, name="create_department"),
    path("departments/<int:pk>/", people.edit_department, name="edit_department"),
    path("departments/<int:pk>/active/", people.set_department_active, name="set_department_active"),
    path("departments/<int:pk>/merge/", people.merge_department, name="merge_department"),
    path("<int:station_pk>/officers/new/", people.create_officer, name="create_officer"),
    path("officers/<int:pk>/", people.edit_officer, name="edit_officer"),
    path("rules/", rules.rules, name="rules"),
]
