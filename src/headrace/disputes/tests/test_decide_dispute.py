"""Decided once, by somebody else; what was accepted takes effect through sales lines, and the rest is given back."""

from collections.abc import Callable
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from tests.databases import OwnDatabase
from tests.market import open_market
from tests.together import in_threads

from headrace.base.models import Mail, Organisation, RoleGrant, User
from headrace.disputes.actions import (
    Asked,
    Right,
    decide_dispute,
    first_deciders,
    open_dispute,
    withdraw_dispute,
)
from headrace.disputes.holding import held_minor
from headrace.disputes.models import Answer, Dispute, DisputeItem, Reason, State
from headrace.disputes.tests.conftest import REBATE, earning, line, missing, programme, question, stands, work
from headrace.earnings.actions import refresh_programmes
from headrace.ledger.models import Stage
from headrace.partners.models import Person
from headrace.programmes.actions import launch_programme
from headrace.sales.models import Product, SalesLine
from headrace.sales.withdrawals import standing_lines


def decide(
    dispute: Dispute, user: User, *, accept: bool = True, answer: Answer = Answer.PUT_RIGHT
) -> Dispute:
    accepted = [item.pk for item in dispute.items.all()] if accept else []
    return decide_dispute(dispute=dispute, user=user, accepted=accepted, answer=answer)


def test_a_missing_sale_becomes_a_line_and_earns(olga: Person, approver: User) -> None:
    dispute = decide(question(olga, missing(), earning=None), approver)
    item = dispute.items.get()
    made = line(item.external_id)
    assert (made.order_id, made.quantity_e4, made.net_amount_e4) == ("INV-9", 1_0000, 2000_0000)
    assert (dispute.state, item.outcome) == (State.ACCEPTED, "accepted")
    work()
    assert stands(Stage.ACCRUED) == 200_00  # 10,000 reach the band of 2%


def test_a_wrong_line_is_corrected_by_a_new_one(olga: Person, approver: User) -> None:
    asked = Asked(Reason.WRONG_AMOUNT, line("L-2"), right=Right(net_amount_e4=3500_0000))
    decide(question(olga, asked), approver)
    work()
    assert SalesLine.objects.get(supersedes="L-2").quantity_e4 == 1_0000
    assert stands(Stage.ACCRUED) == 85_00


def test_a_line_that_is_not_theirs_is_withdrawn_and_the_hold_ends_after_the_difference(
    olga: Person, approver: User
) -> None:
    dispute = decide(question(olga), approver)
    assert not standing_lines(olga.organisation).filter(external_id="L-2").exists()
    assert (stands(Stage.ACCRUED), stands(Stage.HELD)) == (50_00, 30_00)
    work()
    assert (stands(Stage.ACCRUED), stands(Stage.HELD), held_minor(dispute)) == (50_00, 0, 0)


def test_what_is_refused_is_given_back_at_once(olga: Person, approver: User) -> None:
    dispute = decide(question(olga), approver, accept=False, answer=Answer.RECORDS_RIGHT)
    assert (stands(Stage.ACCRUED), stands(Stage.HELD)) == (80_00, 0)
    assert (dispute.state, dispute.items.get().outcome) == (State.REFUSED, "refused")
    letter = Mail.objects.get(to=olga.user.email)  # type: ignore[union-attr]
    assert "Our records agree with the invoices." in letter.body
    assert f"/portal/disputes/{dispute.pk}/" in letter.body


def test_some_of_it_is_accepted(olga: Person, approver: User) -> None:
    dispute = question(olga, Asked(Reason.NOT_MINE, line("L-1")), Asked(Reason.NOT_MINE, line("L-2")))
    second = dispute.items.get(line=line("L-2"))
    decided = decide_dispute(dispute=dispute, user=approver, accepted=[second.pk], answer=Answer.NO_EVIDENCE)
    assert decided.state == State.PARTLY
    work()
    assert earning().amount_minor == 50_00


def test_a_rate_is_worked_out_anew(olga: Person, approver: User) -> None:
    decide(question(olga, Asked(Reason.WRONG_RATE, step="1% of 8,000")), approver)
    work()
    assert SalesLine.objects.count() == 3
    assert stands(Stage.ACCRUED) == 80_00


@pytest.mark.parametrize("first", ["published", "imported", "decided"])
def test_who_decided_what_is_questioned_cant_settle_it(olga: Person, approver: User, first: str) -> None:
    if first == "published":
        run = earning().run
        type(run).objects.filter(pk=run.pk).update(published_by=approver)
    elif first == "imported":
        imported = line("L-2").import_run
        type(imported).objects.filter(pk=imported.pk).update(started_by=approver)
    dispute = question(olga)
    if first == "decided":
        dispute.entries.create(organisation=dispute.organisation, author=approver, kind="decided")
    assert first_deciders(dispute) == {approver.pk}
    with pytest.raises(ValidationError, match="Someone else has to decide"):
        decide(dispute, approver)
    assert held_minor(dispute) == 30_00


def test_an_answer_of_ones_own_has_words(olga: Person, approver: User) -> None:
    with pytest.raises(ValidationError, match="in a few words"):
        decide(question(olga), approver, accept=False, answer=Answer.OTHER)


def test_a_product_that_nobody_knows_is_chosen(olga: Person, approver: User) -> None:
    right = Right("Bykk", None, date(2026, 3, 1), 1_0000, 100_0000, "EUR", "INV-1")
    dispute = question(olga, Asked(Reason.MISSING_SALE, right=right), earning=None)
    with pytest.raises(ValidationError, match="“Bykk” is no product"):
        decide(dispute, approver)
    item = dispute.items.get()
    bike = Product.objects.get(code="bike")
    decide_dispute(
        dispute=dispute,
        user=approver,
        accepted=[item.pk],
        answer=Answer.PUT_RIGHT,
        products={item.pk: bike},
    )
    assert line(item.external_id).product == bike


def test_a_sale_that_is_not_told_completely_is_not_taken_in(olga: Person, approver: User) -> None:
    asked = Asked(Reason.MISSING_SALE, right=Right("Bike", Product.objects.get(code="bike")))
    with pytest.raises(ValidationError, match="needs its product, day"):
        decide(question(olga, asked, earning=None), approver)


Verb = Callable[[Dispute, User], object]
VERBS: dict[str, Verb] = {
    "accept": decide,
    "refuse": lambda dispute, user: decide(dispute, user, accept=False, answer=Answer.TERMS),
    "withdraw": lambda dispute, user: withdraw_dispute(dispute=dispute, user=user),
}


@pytest.mark.parametrize("first", VERBS)
@pytest.mark.parametrize("second", VERBS)
def test_it_is_decided_once(olga: Person, approver: User, first: str, second: str) -> None:
    dispute = question(olga)
    VERBS[first](dispute, approver)
    with pytest.raises(ValidationError, match="decided already"):
        VERBS[second](dispute, approver)
    work()
    assert stands(Stage.HELD) == 0


def test_two_who_decide_at_once_make_one_line(own_database: OwnDatabase) -> None:
    organisation = Organisation.objects.create(code="acme", name="Acme", currency="EUR")
    open_market(organisation)
    launch_programme(organisation=organisation, document=REBATE)
    refresh_programmes(organisation=organisation)
    users = [
        User.objects.create_user(f"{name}@acme.example", "x", name=name, organisation=organisation)
        for name in "ab"
    ]
    RoleGrant.objects.create(organisation=organisation, user=users[0], role="approver")
    olga = Person.objects.select_related("partner", "organisation").get(code="olga")
    dispute = open_dispute(person=olga, programme=programme(), words="", asked=[missing()])

    def by(user: User) -> Callable[[], bool]:
        def decided() -> bool:
            try:
                decide(dispute, user)
            except ValidationError:
                return False
            return True

        return decided

    assert sorted(in_threads([by(user) for user in users * 2])) == [False, False, False, True]
    assert SalesLine.objects.count() == 1
    assert DisputeItem.objects.get().outcome == "accepted"
