from django.urls import path

from deputies.views import contacts, duty, people, terms, ties

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
    path("ties/", ties.tie_list, name="ties"),
    path("ties/new/", ties.create_tie, name="create_tie"),
    path("ties/<int:pk>/", ties.tie, name="tie"),
    path("ties/<int:pk>/log/", ties.log_tie, name="log_tie"),
    path("ties/<int:pk>/end/", ties.end_tie, name="end_tie"),
    path("committee/", ties.committee, name="committee"),
    path("committee/<int:pk>/end/", ties.end_member, name="end_member"),
    path("duty/", duty.entries, name="duty_entries"),
    path("<int:pk>/duty/new/", duty.enter, name="enter_duty"),
    path("duty/station/<int:station_pk>/new/", duty.enter_for_station, name="enter_station_duty"),
    path("duty/<int:pk>/edit/", duty.edit, name="edit_duty"),
    path("duty/<int:pk>/confirm/", duty.confirm, name="confirm_duty"),
    path("duty/<int:pk>/delete/", duty.delete, name="delete_duty"),
    path("duty/<int:pk>/files/<int:file_id>/", duty.file, name="duty_file"),
    path("duty/weights/", duty.weights, name="duty_weights"),
    path("terms/", terms.term_change, name="term_change"),
    path("terms/carry-over/", terms.carry_over, name="carry_over"),
    path("<int:pk>/leave/", terms.leave_office, name="leave_office"),
]
