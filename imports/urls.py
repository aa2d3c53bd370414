from django.urls import path

from imports import views

app_name = "imports"

urlpatterns = [
    path("", views.import_list, name="list"),
    path("<int:pk>/", views.show, name="show"),
    path("<int:pk>/confirm/", views.confirm, name="confirm"),
    path("<int:pk>/drop/", views.drop, name="drop"),
    path("<int:pk>/undo/", views.undo, name="undo"),
    path("<int:pk>/refused/", views.refused, name="refused"),
    path("<int:pk>/slips/", views.slips, name="slips"),
    path("<slug:key>/", views.start, name="start"),
    path("<slug:key>/template/", views.template, name="template"),
]
