from django.urls import path

from messaging import sent, views

app_name = "messaging"

urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("unread/", views.unread, name="unread"),
    path("read-all/", views.read_all, name="read_all"),
    path("<int:pk>/", views.open_message, name="open"),
    path("sent/", sent.sent, name="sent"),
    path("sent/resend/", sent.resend, name="resend"),
]
