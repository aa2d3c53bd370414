from django.urls import path

from deputies import views

app_name = "deputies"

urlpatterns = [
    path("", views.deputy_list, name="list"),
    path("new/", views.create, name="create"),
    path("completeness/", views.completeness, name="completeness"),
    path("completeness/accept-all/", views.accept_all, name="accept_all"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/photo/", views.photo, name="photo"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("<int:pk>/accept/", views.accept, name="accept"),
]
