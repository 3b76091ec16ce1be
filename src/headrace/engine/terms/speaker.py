"""One language: its catalogue of messages, and how it writes numbers, money, dates and lists (CLDR by Babel).

Digits are Latin in every language, Arabic included; separators, names and order are the language's own.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib import resources

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal, format_percent, get_currency_name

from headrace.engine.documents import Plain, read

LANGUAGES = ("en", "de", "it", "ms", "ar")
# Dates and lists of British English: 31 January 2026; A, B and C.
_LOCALES = {"en": "en_GB"}
_QUOTES = {"en": "“{}”", "de": "„{}“", "it": "«{}»", "ms": "“{}”", "ar": "«{}»"}
# Around a text of another direction, so that its signs stay in order.
_ISOLATED = "\u2068{}\u2069"

# A message: one text, or one for each plural category or gender.
Message = str | Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Noun:
    """A name in a sentence; `gender` is m or f where the language's verbs need it."""

    text: str
    gender: str = "m"


@cache
def messages(language: str) -> Mapping[str, Message]:
    """The catalogue of a language: messages by name."""
    path = resources.files("headrace.engine.terms").joinpath(f"{language}.yaml")
    return dict(_flat(read(path.read_text(encoding="utf-8")), ""))


def _flat(part: Plain, name: str) -> Iterable[tuple[str, Message]]:
    """Messages with their whole names; what has forms (one, other, m, f, text) is one message."""
    if isinstance(part, str):
        yield name, part
        return
    assert isinstance(part, dict), f"{name} is no message"
    if part.keys() & _FORMS:
        yield name, {form: str(text) for form, text in part.items()}
        return
    for key, inner in part.items():
        yield from _flat(inner, f"{name}.{key}" if name else key)


_FORMS = frozenset(("zero", "one", "two", "few", "many", "other", "m", "f", "text"))


class Speaker:
    """Says messages of one language."""

    def __init__(self, language: str) -> None:
        if language not in LANGUAGES:
            raise ValueError(f'"{language}" is no language of the terms; these are: {", ".join(LANGUAGES)}')
        self.language = language
        self.locale = Locale.parse(_LOCALES.get(language, language))
        self.messages = messages(language)

    def has(self, name: str) -> bool:
        """Whether there is such a message."""
        return name in self.messages

    def say(self, name: str, /, **values: str) -> str:
        """A message with its placeholders filled."""
        message = self.messages[name]
        assert isinstance(message, str), f"{name} has forms"
        return message.format(**values)

    def counted(self, name: str, number: Decimal | int, /, **values: str) -> str:
        """A message in the plural form of a number, which stands in it as {n}."""
        forms = self.messages[name]
        assert isinstance(forms, Mapping), f"{name} has one form"
        form = forms.get(self.locale.plural_form(number), forms["other"])
        return form.format(n=self.number(Decimal(number)), **values)

    def noun(self, name: str, /, **values: str) -> Noun:
        """A message that names something."""
        message = self.messages[name]
        if isinstance(message, str):
            return Noun(message.format(**values))
        return Noun(message["text"].format(**values), message["gender"])

    def clause(self, name: str, subject: Noun, /, **values: str) -> str:
        """A message about a subject, in the form of its gender where there is one."""
        message = self.messages[name]
        form = message if isinstance(message, str) else message[subject.gender]
        return form.format(subject=subject.text, **values)

    # Figures

    def number(self, value: Decimal) -> str:
        """A number with all its decimals."""
        return str(format_decimal(value, locale=self.locale, decimal_quantization=False))

    def percent(self, value: Decimal) -> str:
        """A share: 0.025 is 2.5%."""
        return str(format_percent(value, locale=self.locale, decimal_quantization=False))

    def money(self, value: Decimal, currency: str) -> str:
        """An amount of a currency with its minor digits, or more if it has more."""
        return str(format_currency(value, currency, locale=self.locale, decimal_quantization=False))

    def currency(self, code: str) -> str:
        """The name of a currency and its code."""
        return f"{get_currency_name(code, locale=self.locale)} ({code})"

    def day(self, value: date) -> str:
        """A date, as 31 January 2026."""
        return str(format_date(value, "long", locale=self.locale))

    def day_of_year(self, month: int, day: int) -> str:
        """A day of any year, as 1 July."""
        return str(format_skeleton("MMMMd", date(2000, month, day), locale=self.locale))

    def country(self, code: str) -> str | None:
        """The name of a country by its code of ISO 3166."""
        name: str | None = self.locale.territories.get(code)
        return name

    # Texts

    def quoted(self, text: str) -> str:
        """A text of the document, in the quotation marks of the language."""
        quoted = _QUOTES[self.language].format(text)
        return _ISOLATED.format(quoted) if self.locale.text_direction == "rtl" else quoted

    def both(self, texts: Iterable[str]) -> str:
        """A, B and C."""
        return str(format_list(list(texts), "standard", self.locale))

    def either(self, texts: Iterable[str]) -> str:
        """A, B or C."""
        return str(format_list(list(texts), "or", self.locale))
