"""The page that a link in an e-mail opens: it shows what is asked, and only its form decides."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from headrace.base import mail
from headrace.base.approvals import screens
from headrace.base.approvals.actions import decide_by_link
from headrace.base.approvals.forms import DecisionForm
from headrace.base.approvals.links import check_usable, link_of
from headrace.base.models import ApprovalLink

GONE = 410


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def approve_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """In the language of the person the link is for; for somebody else who is signed in there is no such page."""
    link = link_of(token)
    is_theirs = not request.user.is_authenticated or (link is not None and request.user.pk == link.user_id)
    if link is None or not link.user.is_active or not is_theirs:
        raise Http404
    with mail.written_in(link.user.language):
        return _page(request, link)


def _page(request: HttpRequest, link: ApprovalLink) -> HttpResponse:
    try:
        check_usable(link)
    except ValidationError as error:
        return _end(request, " ".join(error.messages), status=GONE)
    form = DecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            decide_by_link(link=link, decision=given["decision"], comment=given["comment"])
            return _end(request, _("Thank you. Your decision is kept."))
        except ValidationError as error:
            form.add_error(None, error)
    context = {**screens.context_of(link.request, link.user), "form": form, "user_of_link": link.user}
    return render(request, "base/approvals/by_link.html", context)


def _end(request: HttpRequest, text: str, status: int = 200) -> HttpResponse:
    return render(request, "base/approvals/by_link_end.html", {"text": text}, status=status)
