"""Sales lines from programs: a till, a shop, a distributor's system."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Literal

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Header, Router, Schema
from pydantic import BeforeValidator, ConfigDict, Field, PlainValidator, StrictStr, WithJsonSchema

from headrace.base.api import problems
from headrace.base.api.keys import Scope
from headrace.base.api.once import HEADER, do_once
from headrace.base.api.problems import Mistake, ProblemError
from headrace.base.models import ApiKey
from headrace.sales import posted
from headrace.sales.mapping import MappingError
from headrace.sales.reasons import FileRefused

LINES_MAX = 1_000
NO_CONTROLS = r"^[^\x00-\x1f]*$"


def _exact(value: object) -> str:
    """Text or a whole number as text. Decimals as JSON numbers are refused, as they may have been rounded."""
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        raise ValueError('text as "12.50", or a whole number, would be right')
    return str(value)


def _attribute(value: object) -> bool | int | str | None:
    return value if value is None or isinstance(value, bool | int) else _exact(value)


Text = Annotated[StrictStr, Field(max_length=500, pattern=NO_CONTROLS)]
Code = Annotated[StrictStr, Field(min_length=1, max_length=500, pattern=NO_CONTROLS)]
Amount = Annotated[
    str,
    BeforeValidator(_exact),
    Field(max_length=100, pattern=NO_CONTROLS),
    WithJsonSchema({"type": ["string", "integer"], "examples": ["12.50", 3]}),
]
Attribute = Annotated[
    object,
    PlainValidator(_attribute),
    WithJsonSchema({"type": ["string", "integer", "boolean", "null"]}),
]
Day = Annotated[StrictStr, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", description="YYYY-MM-DD")]

router = Router(tags=["sales"])


class Line(Schema):
    """One line of a sale. Amounts are exact: text as "12.50", or whole numbers."""

    model_config = ConfigDict(extra="forbid")

    id: Code
    order_id: Text | None = None
    partner: Code
    person: Text | None = None
    product: Text | None = None
    customer: Text | None = None
    on: Day
    currency: Text | None = None
    quantity: Amount
    net_amount: Amount
    list_amount: Amount | None = None
    unit_cost: Amount | None = None
    flow: Text | None = None
    serial: Text | None = None
    returns: Text | None = None
    supersedes: Text | None = None
    attributes: dict[str, Attribute] = {}


class Lines(Schema):
    """Up to a thousand lines, each taken in or answered for by itself."""

    model_config = ConfigDict(extra="forbid")

    lines: Annotated[list[Line], Field(min_length=1, max_length=LINES_MAX)]


class Reason(Schema):
    """Why a line was not taken in: what is wrong, and what would be right."""

    field: str
    value: str
    reason: str
    detail: str


class Answer(Schema):
    """What became of one line."""

    index: int
    id: str
    result: Literal["accepted", "duplicate", "rejected"]
    reasons: list[Reason] = []


class Answers(Schema):
    """What became of the lines, in their order. `import_id` finds them in the console."""

    import_id: int
    accepted: int
    rejected: int
    duplicates: int
    lines: list[Answer]


@router.post(
    "",
    response={
        HTTPStatus.OK: Answers,
        HTTPStatus.BAD_REQUEST: problems.Problem,
        HTTPStatus.UNAUTHORIZED: problems.Problem,
        HTTPStatus.FORBIDDEN: problems.Problem,
        HTTPStatus.UNPROCESSABLE_ENTITY: problems.Problem,
    },
    summary="Send sales lines",
    by_alias=True,
)
def send_lines(
    request: HttpRequest,
    body: Lines,
    idempotency_key: Annotated[str | None, Header(alias=HEADER)] = None,
) -> HttpResponse:
    """Takes up to a thousand lines in; good ones at once, each bad one answered with its reasons.

    What the partners earn by them is worked out right after. With an `Idempotency-Key` the same request may be
    sent again as often as needed: it is done once, and answered alike.
    """
    key: ApiKey = request.auth  # type: ignore[attr-defined]
    if Scope.SEND_SALES not in key.scopes:
        raise ProblemError(HTTPStatus.FORBIDDEN, _("The key may not be used to send sales lines."))

    def take() -> str:
        sender = posted.Sender(key.organisation, f"api-{key.prefix}", key.name)
        try:
            run, answers = posted.take_posted(sender=sender, lines=[line.model_dump() for line in body.lines])
        except FileRefused as refusal:
            raise ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, str(refusal)) from refusal
        except MappingError as error:
            mistakes = [Mistake(pointer=one.path, detail=str(one)) for one in error.findings]
            raise ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, str(error), mistakes) from error
        return Answers(
            import_id=run.pk,
            accepted=run.accepted,
            rejected=run.rejected,
            duplicates=run.duplicates,
            lines=[Answer(**answer) for answer in answers],
        ).model_dump_json()

    return do_once(request, key, take)
