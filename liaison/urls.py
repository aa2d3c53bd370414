from django.contrib import admin
from django.urls import include, path

import accounts.urls
import staffing.urls

urlpatterns = [
    path("", include("portal.urls")),
    path("", include("suggestions.urls")),
    path("accounts/", include((accounts.urls.urlpatterns + staffing.urls.urlpatterns, "accounts"))),
    path("workdays/", include("workdays.urls")),
    path("stations/", include("stations.urls")),
    path("deputies/", include("deputies.urls")),
    path("notices/", include("noticeboard.urls")),
    path("receptions/", include("receptions.urls")),
    path("consultations/", include("consultations.urls")),
    path("supervision/", include("supervision.urls")),
    path("legislation/", include("legislation.urls")),
    path("meetings/", include("meetings.urls")),
    path("imports/", include("imports.urls")),
    path("messages/", include("messaging.urls")),
    path("reports/", include("reports.urls")),
    path("admin/", admin.site.urls),
]
