"""Addresses below ``accounts/``, in the namespace ``accounts`` (see liaison/urls.py): to people it is one matter."""

from django.urls import path

from staffing import own, views

urlpatterns = [
    path("me/", own.me, name="me"),
    path("me/large-type/", own.large_type, name="large_type"),
    path("me/password/", own.change_password, name="change_password"),
    path("", views.account_list, name="list"),
    path("new/", views.create, name="create"),
    path("<int:pk>/", views.edit, name="edit"),
    path("<int:pk>/give/", views.give, name="give"),
    path("<int:pk>/take/", views.take, name="take"),
    path("<int:pk>/reset/", views.reset, name="reset"),
    path("<int:pk>/disable/", views.disable, name="disable"),
    path("<int:pk>/enable/", views.enable, name="enable"),
]
