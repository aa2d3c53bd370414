from django.urls import path

from portal.views import calendars, follow, message, places

app_name = "portal"

urlpatterns = [
    path("", places.home, name="home"),
    path("s/<int:pk>/", places.station, name="station"),
    path("s/<int:pk>/message/", message.leave_message, name="leave_message"),
    path("receipt/", message.receipt, name="receipt"),
    path("query/", follow.query, name="query"),
    path("query/case/", follow.case, name="case"),
    path("query/case/rate/", follow.rate, name="rate"),
    path("query/case/withdraw/", follow.withdraw, name="withdraw"),
    path("query/leave/", follow.leave, name="leave"),
    path("calendar/<str:token>.ics", calendars.calendar, name="calendar"),
]
