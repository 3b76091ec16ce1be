"""Addresses for programs; the operations stand beside their features."""

from http import HTTPStatus

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.security import HttpBearer

from headrace.base.api import keys, problems
from headrace.base.api.problems import Mistake, ProblemError
from headrace.base.models import ApiKey
from headrace.sales.api import router as sales

OF_A_CHECK = "Value error, "


class ByKey(HttpBearer):
    """`Authorization: Bearer hr_…`, with a key that was made in the console."""

    def authenticate(self, request: HttpRequest, token: str) -> ApiKey | None:
        return keys.key_of(token)


api = NinjaAPI(
    title="Headrace",
    version="1",
    description="Channel-partner incentives: what was sold comes in, what is earned goes out.",
    auth=ByKey(),
    docs_url=None,
    urls_namespace="api",
)
api.add_router("/sales", sales)


@api.exception_handler(ProblemError)
def tell_problem(request: HttpRequest, error: ProblemError) -> HttpResponse:
    return problems.response(error)


@api.exception_handler(AuthenticationError)
def tell_unknown_key(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    told = _("The key is missing, unknown or revoked. Send it as “Authorization: Bearer hr_…”.")
    return problems.response(ProblemError(HTTPStatus.UNAUTHORIZED, told))


@api.exception_handler(HttpError)
def tell_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    return problems.response(ProblemError(HTTPStatus(error.status_code), str(error)))


@api.exception_handler(ValidationError)
def tell_mistakes(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Each mistake of the body once, where it stands: what may be one of several types is told once."""
    found: dict[str, str] = {}
    for one in error.errors:
        found.setdefault(_pointer(one["loc"]), _sentence(one["msg"]))
    told = _("The request has another form than this operation takes; nothing of it was taken in.")
    mistakes = [Mistake(pointer=pointer, detail=detail) for pointer, detail in found.items()]
    return problems.response(ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, told, mistakes))


def _sentence(message: str) -> str:
    """Without what pydantic sets before the words of a check of ours."""
    told = message.removeprefix(OF_A_CHECK)
    return told if told == message else f"{told[:1].upper()}{told[1:]}."


def _pointer(place: tuple[str | int, ...]) -> str:
    """The JSON pointer (RFC 6901) of a place that starts with the kind and the name of the parameter."""
    named = [str(step) for step in place[2:] if not str(step).startswith("function-")]
    steps = [step.replace("~", "~0").replace("/", "~1") for step in named]
    return "".join(f"/{step}" for step in steps)


# A program has no session: the key is all that counts.
_patterns, app_name, _namespace = api.urls
urlpatterns = list(_patterns)
for pattern in urlpatterns:
    assert pattern.callback is not None
    pattern.callback = login_not_required(pattern.callback)
