from django.urls import path

from deputies.views import contacts, people

app_name = "deputies"

urlpatterns = [
    path("", people.deputy_list, name="list"),
    path("new/", people.create, name="create"),
    path("completeness/", people.completeness, name="completeness"),
    path("completeness/accept-all/", people.accept_all, name="accept_all"),
    path("<int:pk>/", people.detail, name="detail"),
    path("<int:pk>/photo/", people.photo, name="photo"),
    path("<int:pk>/edit/", people.edit, name="edit"),
    path("<int:pk>/accept/", people.accept, name="accept"),
    path("contacts/", contacts.contact_overview, name="contact_overview"),
    path("<int:pk>/contacts/", contacts.deputy_contacts, name="deputy_contacts"),
    path("<int:pk>/contacts/reveal/", contacts.reveal_constituents, name="reveal_constituents"),
    path("<int:pk>/contacts/new/", contacts.log_contact, name="log_contact"),
    path("<int:pk>/constituents/new/", contacts.add_constituent, name="add_constituent"),
    path("contacts/<int:pk>/edit/", contacts.edit_contact, name="edit_contact"),
    path("contacts/<int:pk>/delete/", contacts.delete_contact, name="delete_contact"),
    path("constituents/<int:pk>/edit/", contacts.edit_constituent, name="edit_constituent"),
    path("constituents/<int:pk>/end/", contacts.end_constituent, name="end_constituent"),
    path("constituents/<int:pk>/erase/", contacts.erase_constituent, name="erase_constituent"),
]
