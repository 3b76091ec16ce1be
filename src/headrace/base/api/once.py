"""Requests that are done once, however often they are sent: by the idempotency key that the sender gives."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from http import HTTPStatus

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from headrace.base.api.problems import Mistake, ProblemError
from headrace.base.models import ApiAnswer, ApiKey

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
LENGTH_MAX = 200
JSON = "application/json"


def do_once(request: HttpRequest, key: ApiKey, do: Callable[[], str]) -> HttpResponse:
    """Answers with the JSON that `do` gives; a request with an idempotency key that was answered gets that again.

    What `do` changes and the answer are one transaction. Raises ProblemError where the key stood for another
    request.
    """
    name = request.headers.get(HEADER, "")
    if len(name) > LENGTH_MAX:
        told = _("At most %(length)s characters are allowed.") % {"length": LENGTH_MAX}
        raise ProblemError(HTTPStatus.BAD_REQUEST, told, [Mistake(pointer=HEADER, detail=told)])
    if not name:
        with transaction.atomic():
            return HttpResponse(do(), content_type=JSON)
    digest = _hash(request)
    try:
        # The key is taken first: the same request at the same time waits here until this one is answered.
        with transaction.atomic():
            answer = ApiAnswer.objects.create(
                organisation_id=key.organisation_id,
                api_key=key,
                idempotency_key=name,
                request_sha256=digest,
                status=HTTPStatus.OK,
                body="",
            )
            answer.body = do()
            answer.save(update_fields=["body"])
        return HttpResponse(answer.body, content_type=JSON)
    except IntegrityError:
        answered = ApiAnswer.objects.filter(api_key=key, idempotency_key=name).first()
        if answered is None:
            raise
        return _again(answered, digest)


def _again(answer: ApiAnswer, digest: str) -> HttpResponse:
    if answer.request_sha256 != digest:
        told = _("The key was used for another request. Give each request a key of its own.")
        raise ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, told, [Mistake(pointer=HEADER, detail=told)])
    replayed = HttpResponse(answer.body, status=answer.status, content_type=JSON)
    replayed[REPLAYED] = "true"
    return replayed


def _hash(request: HttpRequest) -> str:
    hasher = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    hasher.update(request.body)
    return hasher.hexdigest()
