"""Texts that become public: what looks like personal data is shown, and whoever writes says that it may be."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms


class PublicTextForm(forms.Form):
    """``findings`` are (kind, text), for receptions/findings.html, which shows ``confirmed`` with them."""

    confirmed = forms.BooleanField(label="上面标出的文字可以公开", required=False)
    findings: Sequence[tuple[str, str]] = ()

    def require_confirmed(self, found: Sequence[tuple[str, str]], where: str) -> None:
        self.findings = found
        if found and not self.cleaned_data.get("confirmed"):
            self.add_error("confirmed", f"{where}里标出的文字像个人信息。请删去；确实可以公开的，请勾选。")
