"""Pages about one's own account."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from accounts.requests import SignedInRequest
from staffing import changes
from staffing.forms import ChangePasswordForm, MeForm


def me(request: SignedInRequest) -> HttpResponse:
    user = request.user
    form = MeForm(request.POST or None, instance=user)
    if request.method == "POST" and form.is_valid():
        changes.edit_own(user=form.instance, changed=form.changed_data)
        messages.success(request, "已保存。")
        return redirect("accounts:me")
    if form.errors:
        user.refresh_from_db(fields=["phone", "email"])  # the page shows what is stored, the form what was typed
    return render(request, "staffing/me.html", {"form": form})


@require_POST
def large_type(request: SignedInRequest) -> HttpResponse:
    changes.show_large_type(user=request.user, large=not request.user.large_type)
    return redirect("accounts:me")


@sensitive_post_parameters()
def change_password(request: SignedInRequest) -> HttpResponse:
    user = request.user
    first = user.must_change_password
    form = ChangePasswordForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        changes.change_own_password(user=user, password=form.cleaned_data["new_password1"])
        update_session_auth_hash(request, user)  # this session goes on, all others end
        messages.success(request, "密码已修改。其他设备上的登录已全部退出。")
        return redirect("accounts:me")
    return render(request, "staffing/change_password.html", {"form": form, "first": first})
