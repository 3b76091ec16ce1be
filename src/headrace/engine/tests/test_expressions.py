"""The language of conditions and measures: what it reads, and what it can't be made to reach."""

from decimal import Decimal

import pytest

from headrace.engine.expressions import (
    Aggregate,
    And,
    Arithmetic,
    Attainment,
    Certified,
    Compare,
    ExpressionError,
    Field,
    Growth,
    In,
    Increase,
    Items,
    Negative,
    Node,
    Not,
    Number,
    Or,
    Text,
    Truth,
    parse,
)

QUANTITY = Field("fact", "quantity")
AMOUNT = Aggregate("sum", Field("fact", "net_amount"))
BRAND = Compare("==", Field("product", "brand"), Text("A"))


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("quantity", QUANTITY),
        ("sale.quantity", QUANTITY),
        ("customer.is_new", Field("customer", "is_new")),
        ("0.025", Number(Decimal("0.025"))),
        ("2.5%", Number(Decimal("0.025"), percent=True)),
        ("105 %", Number(Decimal("1.05"), percent=True)),
        ("-3", Negative(Number(Decimal(3)))),
        ('"it\'s"', Text("it's")),
        ("True", Truth(True)),
        ('product.brand == "A"', BRAND),
        ('product.brand in ["A", "B"]', In(Field("product", "brand"), Items((Text("A"), Text("B"))))),
        (
            "quantity not in [1, -2.5,]",
            In(QUANTITY, Items((Number(Decimal(1)), Number(Decimal("-2.5")))), negated=True),
        ),
        ('not product.brand == "A"', Not(BRAND)),
        ("true and false or true", Or((And((Truth(True), Truth(False))), Truth(True)))),
        ("true and (false or true)", And((Truth(True), Or((Truth(False), Truth(True)))))),
        (
            "1 < quantity <= 3",
            And((Compare("<", Number(Decimal(1)), QUANTITY), Compare("<=", QUANTITY, Number(Decimal(3))))),
        ),
        (
            "1 - 2 - 3 * 4",
            Arithmetic(
                "-",
                Arithmetic("-", Number(Decimal(1)), Number(Decimal(2))),
                Arithmetic("*", Number(Decimal(3)), Number(Decimal(4))),
            ),
        ),
        ("sum(net_amount)", AMOUNT),
        ('sum(net_amount, where product.brand == "A")', Aggregate("sum", Field("fact", "net_amount"), BRAND)),
        ("count()", Aggregate("count")),
        ('count(where product.brand == "A")', Aggregate("count", None, BRAND)),
        ("growth(sum(net_amount), same_period_last_year)", Growth(AMOUNT, "same_period_last_year")),
        ("increase(sum(net_amount), 100)", Increase(AMOUNT, Number(Decimal(100)))),
        ("attainment(sum(net_amount), target)", Attainment(AMOUNT)),
        ('attainment(sum(net_amount), target("volume"))', Attainment(AMOUNT, "volume")),
        ('partner.certified("network-pro")', Certified("partner", "network-pro")),
    ],
)
def test_an_expression_is_read(text: str, tree: Node) -> None:
    assert parse(text, "sale") == tree


def test_decimals_lose_nothing() -> None:
    assert parse("0.1234567890123456789012345678901234567") == Number(
        Decimal("0.1234567890123456789012345678901234567")
    )
    assert parse("1.2345678901234567890123456789012345678%") == Number(
        Decimal("0.012345678901234567890123456789012345678"), percent=True
    )


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('x')",
        "().__class__",
        "partner.__class__",
        "partner._private",
        "quantity.real.imag",
        "getattr(partner, 'x')",
        "open('x')",
        "eval('1')",
        "[x for x in [1]]",
        "lambda: 1",
        "sum(x for x in y)",
        "quantity if true else 1",
        "quantity ** 2",
        "quantity // 2",
        "quantity % 2",
        "quantity[0]",
        "f'{quantity}'",
        "b'x'",
        "0x10 == 16",
        "1_000 > 1",
        "1e3 > 1",
        "1. > 1",
        ".5 > 1",
        "quantity > 'a",
        "quantity := 1",
        "quantity is true",
        "quantity; quantity",
        "quantity # 1",
        "'a' 'b'",
        "not",
        "and",
        "where quantity > 1",
        "sum()",
        "sum(net_amount, quantity)",
        "sum(net_amount where true)",
        "count(quantity)",
        "growth(sum(net_amount))",
        "attainment(sum(net_amount), 100)",
        "partner.certified(x)",
        "partner.holds('x')",
        "quantity in []",
        "quantity in quantity",
        "quantity in [quantity]",
        "quantity in [-'a']",
        "١٢ > 1",
        "",
        "   ",
    ],
)
def test_nothing_else_is_read(text: str) -> None:
    with pytest.raises(ExpressionError) as raised:
        parse(text, "sale")
    assert raised.value.message
    assert raised.value.right
    assert 0 <= raised.value.position <= len(text)


@pytest.mark.parametrize(
    "text",
    [
        "x" * 2001,
        " or ".join(["a"] * 600),
        "(" * 51 + "a" + ")" * 51,
        "-" * 60 + "1",
        "not " * 60 + "a",
        " + ".join(["a"] * 60),
        "sum(" * 60,
        "1" * 39 + " > 1",
    ],
)
def test_length_parts_depth_and_digits_are_bounded(text: str) -> None:
    with pytest.raises(ExpressionError, match=r"characters|too many|digits"):
        parse(text)


def test_the_fields_of_another_kind_of_fact_are_refused() -> None:
    assert parse("deal.amount", "deal") == Field("fact", "amount")
    with pytest.raises(ExpressionError, match="another kind of fact"):
        parse("deal.amount", "sale")


def test_an_error_names_the_place_and_what_would_be_right() -> None:
    with pytest.raises(ExpressionError) as raised:
        parse('product.brand = "A"')
    assert (raised.value.message, raised.value.position, raised.value.right) == (
        '"=" is not understood',
        14,
        "== compares",
    )
