from django.urls import path

from reports.exports.matters import MATTERS
from reports.views import exports

app_name = "reports"
urlpatterns = [
    path("exports/", exports.exports, name="exports"),
    path("exports/several/", exports.several, name="export_several"),
    *(path(f"exports/{key}/", exports.export, {"keys": (key,)}, name=f"export_{key}") for key in MATTERS),
    path("exports/<int:pk>/file/", exports.fetch, name="fetch_export"),
    path("exports/<int:pk>/discard/", exports.discard, name="discard_export"),
]
