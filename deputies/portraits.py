"""A deputy's photo as it is sent: always a JPEG, since ``liaison.lib.pictures`` made it one."""

from django.http import FileResponse, Http404

from deputies.models import Deputy


def served(deputy: Deputy, caching: str) -> FileResponse:
    try:
        handle = deputy.photo.open("rb")
    except FileNotFoundError as error:
        raise Http404("照片已不在。") from error
    response = FileResponse(handle, content_type="image/jpeg")
    del response["Content-Disposition"]  # of the name it is stored under, nobody needs to know
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = caching
    return response
