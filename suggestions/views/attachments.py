"""Files of a case: only for who may see the case, and each fetching is kept in its history."""

from __future__ import annotations

from axes.helpers import get_client_ip_address
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from suggestions.looks import note_look
from suggestions.models import Attachment, Suggestion

SHOWN = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp", "application/pdf"})


@require_safe
def attachment(request: SignedInRequest, pk: int, file_id: int) -> FileResponse:
    """Pictures and PDF open in the browser, everything else is saved. The type is the one found at the upload."""
    seen = Suggestion.objects.visible_to(request.user)
    row = get_object_or_404(Attachment, pk=file_id, suggestion__in=seen.filter(pk=pk))
    try:
        handle = row.file.open("rb")
    except FileNotFoundError as error:
        raise Http404("文件已不在。") from error
    note_look(pk, "download", by=request.user, address=get_client_ip_address(request), file=row.name)
    # FileResponse writes names that are not ASCII the way RFC 5987 wants them.
    response = FileResponse(
        handle, as_attachment=row.media_type not in SHOWN, filename=row.name, content_type=row.media_type
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
