from django.urls import path

from meetings.views import attending, meeting

app_name = "meetings"

urlpatterns = [
    path("", meeting.listing, name="list"),
    path("new/", meeting.create, name="create"),
    path("<int:pk>/", meeting.meeting, name="meeting"),
    path("<int:pk>/edit/", meeting.edit, name="edit"),
    path("<int:pk>/cancel/", meeting.cancel, name="cancel"),
    path("<int:pk>/conclude/", meeting.conclude, name="conclude"),
    path("<int:pk>/reopen/", meeting.reopen, name="reopen"),
    path("<int:pk>/invite/", attending.invite, name="invite"),
    path("<int:pk>/citizens/", attending.add_citizen, name="add_citizen"),
    path("<int:pk>/sign-in/", attending.sign_in, name="sign_in"),
    path("<int:pk>/sheet/", attending.sheet, name="sheet"),
    path("attendees/<int:pk>/answer/", attending.answer, name="answer"),
    path("attendees/<int:pk>/take-off/", attending.take_off, name="take_off"),
    path("attendees/<int:pk>/erase/", attending.erase_citizen, name="erase_citizen"),
]
