"""One form for one name, however it is written; different forms for what is different."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.sales.matching.legal_forms import FORM_OF
from headrace.sales.matching.names import alias_key, normal_forms, plain_words, split_legal_forms


def forms(text, kind="partner"):
    return {(form.key, " + ".join(sorted(form.legal))) for form in normal_forms(text, kind)}


SAME_NAMES = [
    ("Ware House", "Warehouse"),
    ("WARE-HOUSE", "warehouse"),
    ("Ware\u00a0House", "Ware House"),
    ("Black & Decker", "Black and Decker"),
    ("Müller & Söhne", "MULLER UND SOHNE"),
    ("Straße 5", "STRASSE 5"),
    ("Łódź Øst", "Lodz Ost"),
    ("O’Neill", "O'Neill"),
    ("Ａｃｍｅ", "Acme"),
    ("Caf\u0065\u0301", "Café"),
    ("soft\u00adware", "software"),
    ("مُؤَسَّسَة", "مؤسسه"),
    ("أحمد", "احمد"),
    ("متجر ١٢", "متجر 12"),
]


@pytest.mark.parametrize(("one", "other"), SAME_NAMES)
def test_the_same_but_for_its_writing_has_one_form(one, other):
    assert forms(one) & forms(other)
    assert alias_key(one) == alias_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Note 10", "Note 10+"),
        ("12-3", "123"),
        ("Store 1 12", "Store 11 2"),
        ("1.5 mm", "15 mm"),
        ("0042", "42"),
        ("C", "C#"),
        ("が", "か"),
        ("कि", "की"),
        ("Warehouse", "Warehose"),
        ("Warehouse 2", "Warehouse"),
    ],
)
def test_what_is_different_has_different_forms(one, other):
    assert not forms(one, "product") & forms(other, "product")
    assert alias_key(one) != alias_key(other)


@pytest.mark.parametrize(
    ("written", "key", "legal"),
    [
        ("Acme GmbH", "acme", "gmbh"),
        ("Acme G.m.b.H.", "acme", "gmbh"),
        ("Acme GmbH & Co. KG", "acme", "gmbh co kg"),
        ("Acme S.r.l.", "acme", "srl"),
        ("ACME s. r. l.", "acme", "srl"),
        ("Acme S.p.A.", "acme", "spa"),
        ("Acme, LLC", "acme", "llc"),
        ("Acme L.L.C.", "acme", "llc"),
        ("Acme Co., Ltd.", "acme", "co + ltd"),
        ("Acme Company Limited", "acme", "co + ltd"),
        ("Acme Company Inc.", "acme", "co + inc"),
        ("Acme Inc. Inc.", "acme", "inc"),
        ("Acme Limited", "acme", "ltd"),
        ("Acme Sdn. Bhd.", "acme", "sdn bhd"),
        ("Acme Sendirian Berhad", "acme", "sdn bhd"),
        ("Acme Pte. Ltd.", "acme", "pte ltd"),
        ("PT Acme", "acme", "pt"),
        ("Acme Sp. z o.o.", "acme", "sp zoo"),
        ("Acme s.r.o.", "acme", "sro"),
        ("Acme A/S", "acme", "as"),
        ("ООО «Ромашка»", "ромашка", "ooo"),
        ("النور ش.م.م", "النور", "llc ar"),
        ("شركة النور ش.م.م.", "النور", "company ar + llc ar"),
        ("شركة النور", "النور", "company ar"),
        ("株式会社トヨタ", "トヨタ", "kk"),
        ("トヨタ自動車(株)", "トヨタ自動車", "kk"),
        ("华为技术有限公司", "华为技术", "youxian"),
        ("삼성전자(주)", "삼성전자", "jusik"),
        ("GmbH", "gmbh", ""),
        ("Acme", "acme", ""),
    ],
)
def test_a_legal_form_is_parted_from_the_name_of_a_company(written, key, legal):
    assert (key, legal) in forms(written)


def test_products_and_people_have_no_legal_form():
    assert forms("Adapter AG", "product") == {("adapterag", "")}
    assert forms("Anna Co", "person") == {("annaco", "")}


@pytest.mark.parametrize("spelling", sorted(FORM_OF))
def test_every_spelling_is_written_as_texts_are_read(spelling):
    assert "".join(plain_words(spelling)) == spelling


def test_an_umlaut_may_be_written_out():
    assert forms("Müller") == {("muller", ""), ("mueller", "")}
    assert forms("Müller") & forms("Mueller")
    assert not forms("Muller") & forms("Mueller")


@pytest.mark.parametrize("text", ["---", "", "  ", "\u200f", "!?"])
def test_signs_alone_have_no_form_but_can_be_decided(text):
    assert forms(text) == set()
    assert alias_key(text) == text.strip().strip("\u200f")


@given(st.text(max_size=60))
def test_any_text_is_read_and_its_key_is_its_own(text):
    key = alias_key(text)
    assert key == alias_key(f"  {text}  ") == alias_key(text.replace(" ", "\u00a0"))
    words, _legal = split_legal_forms(plain_words(text))
    assert bool(words) == bool(plain_words(text))


@given(st.text(st.characters(categories=("Lu", "Ll", "Nd"), max_codepoint=0x24F), min_size=1, max_size=30))
def test_case_and_composition_change_nothing(text):
    for written in (text.casefold(), unicodedata.normalize("NFD", text), unicodedata.normalize("NFKC", text)):
        assert alias_key(written) == alias_key(text)
