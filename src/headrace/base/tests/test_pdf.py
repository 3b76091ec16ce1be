"""Documents: every amount can be read out of the PDF whole, in every language; the fonts have every sign."""

import io
import re
from decimal import Decimal

import pypdf
import pytest
import typst
from django.utils.translation import override

from headrace.base import formats, pdf, specimen

LANGUAGES = ("en", "de", "it", "ms", "ar")
# Latin and Arabic digits, decimal and thousands separators of both, direction marks, minus, hyphen.
SIGNS = "0123456789٠١٢٣٤٥٦٧٨٩٫٬؜‎‏−-.,€% \u00a0\u202f"


def text_of(document: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(document)).pages
    return "\n".join(page.extract_text(extraction_mode="layout") for page in pages)


def numbers_in(text: str) -> list[str]:
    return re.findall(r"-?\d[\d.,]*\d", text.replace("€", ""))


@pytest.mark.parametrize("language", LANGUAGES)
def test_amounts_come_out_of_the_document_whole(language: str) -> None:
    with override(language):
        found = numbers_in(text_of(specimen.specimen()))
        amounts = [*specimen.AMOUNTS_MINOR, sum(specimen.AMOUNTS_MINOR)]
        written = [numbers_in(formats.money(amount, "EUR")) for amount in amounts]
    assert [one for one in written if len(one) != 1 or one[0] not in found] == []


def test_the_same_data_gives_the_same_bytes() -> None:
    assert specimen.specimen() == specimen.specimen()


def test_the_document_names_its_language_and_title() -> None:
    with override("ar"):
        reader = pypdf.PdfReader(io.BytesIO(specimen.specimen()))
        title = specimen.specimen_data()["title"]
    assert reader.root_object["/Lang"] == "ar"
    assert reader.metadata is not None
    assert reader.metadata.title == title


def test_it_is_made_to_be_kept_and_to_be_read_aloud() -> None:
    reader = pypdf.PdfReader(io.BytesIO(specimen.specimen()))
    about = reader.root_object["/Metadata"].get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part>" in about
    assert "<pdfuaid:part>1</pdfuaid:part>" in about


def test_a_float_never_reaches_paper() -> None:
    with pytest.raises(TypeError, match=r"data\.rows\[0\]\[1\] is a float"):
        pdf.render("base/typst/specimen.typ", {"rows": [["E-1", 1.5]]})


def test_exact_numbers_and_lazy_text_become_text() -> None:
    assert pdf._checked({"a": Decimal("1.50"), "b": (1, None, True)}, "data") == {
        "a": "1.50",
        "b": [1, None, True],
    }


def test_the_fonts_have_every_sign_of_an_amount() -> None:
    assert pdf.render("base/typst/specimen.typ", specimen.specimen_data() | {"note": SIGNS})


def test_a_sign_that_no_font_has_is_an_error_not_a_gap() -> None:
    with pytest.raises(typst.TypstError, match="could not be displayed"):
        pdf.render("base/typst/specimen.typ", specimen.specimen_data() | {"note": "𓀀"})
