"""A form as an answer: the print page in the browser, or the same page as PDF (``?as=pdf``)."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string

from liaison.lib import pdf

STYLE = "css/paper.css"


def wants_pdf(request: HttpRequest) -> bool:
    """Asked for as a file; 404 where this machine cannot make one (the page shows no button there)."""
    if request.GET.get("as") != "pdf":
        return False
    if not pdf.can_render():
        raise Http404("这台服务器不能生成 PDF，请用浏览器打印。")
    return True


def answer(
    request: HttpRequest, template: str, context: dict[str, Any], *, name: str, style: str = STYLE
) -> HttpResponseBase:
    """``name`` of the file, without its ending; never somebody's name in it. ``style``: the sheet's own style sheet."""
    if wants_pdf(request):
        html = render_to_string(template, {**context, "base": "suggestions/paper/bare.html"}, request)
        file = io.BytesIO(pdf.render(html, css=[_file(style)]))
        return FileResponse(file, as_attachment=True, filename=f"{name}.pdf", content_type="application/pdf")
    query = request.GET.copy()
    query["as"] = "pdf"
    link = f"?{query.urlencode()}" if pdf.can_render() else ""
    response: HttpResponse = render(request, template, {**context, "base": "document.html", "pdf_link": link})
    return response


def _file(style: str) -> Path:
    found = finders.find(style)
    assert isinstance(found, str), style
    return Path(found)
