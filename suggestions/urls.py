from django.http import HttpRequest, HttpResponse
from django.urls import path

app_name = "suggestions"


def _soon(request: HttpRequest, **kwargs: object) -> HttpResponse:
    return HttpResponse("")


urlpatterns = [path("cases/<int:pk>/", _soon, name="case")]
