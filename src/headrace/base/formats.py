"""Numbers, money and dates as the person's language writes them (CLDR, by Babel).

Digits are Latin in every language, Arabic included: the same amount looks the same on a screen, in a file
and in a bank's letter, and kinds of digits are never mixed. Babel writes Latin digits with the separators
of "latn".
"""

from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache

from babel import Locale
from babel.dates import format_date, format_skeleton, format_time
from babel.numbers import (
    format_compact_currency,
    format_compact_decimal,
    format_currency,
    format_decimal,
    format_percent,
)
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from headrace.kernel import currency

LOCALES = {"en": "en_GB"}  # British English writes the day first; the other languages' own defaults are right

SHORT_DIGITS_MAX = 4
LEFT_TO_RIGHT_MARK, RIGHT_TO_LEFT_MARK = "\u200e", "\u200f"


@cache
def _locale_of(language: str) -> Locale:
    return Locale.parse(LOCALES.get(language, language.replace("-", "_")))


def locale() -> Locale:
    """The locale of the language that is active."""
    return _locale_of(get_language() or "en")


def unit_digits(unit: str) -> int:
    """The decimals of a currency's minor unit; 0 for any other unit, as points."""
    return currency.digits(unit) if currency.is_currency(unit) else 0


def from_minor(amount_minor: int, unit: str) -> Decimal:
    """Minor units (cents; whole points) as a decimal with the unit's digits."""
    return Decimal(amount_minor).scaleb(-unit_digits(unit))


def from_e4(value_e4: int) -> Decimal:
    """An integer at 1e-4, as sales lines hold amounts and quantities, as a decimal."""
    return Decimal(value_e4).scaleb(-4)


def _marked(text: str) -> str:
    """In Arabic with direction marks: all runs right to left, but a minus stays before its digits."""
    if locale().text_direction != "rtl":
        return text
    return RIGHT_TO_LEFT_MARK + text.lstrip(RIGHT_TO_LEFT_MARK).replace("-", LEFT_TO_RIGHT_MARK + "-")


def money(amount_minor: int, unit: str) -> str:
    """Minor units written out: 1846250 EUR as €18,462.50, 1200 points as 1,200 points."""
    return amount(from_minor(amount_minor, unit), unit)


def amount(value: Decimal, unit: str) -> str:
    """A decimal with its unit; decimals beyond the currency's own are shown, never rounded off."""
    if not currency.is_currency(unit):
        return f"{number(value)}\u00a0{unit}"
    return _marked(format_currency(value.normalize(), unit, locale=locale(), decimal_quantization=False))


def short_money(amount_minor: int, unit: str) -> str:
    """A rounded form for the scale of a chart: 124000000 EUR as €1.2M."""
    value = from_minor(amount_minor, unit)
    if not currency.is_currency(unit):
        return short_number(value)
    short = _marked(format_compact_currency(value, unit, locale=locale(), fraction_digits=1))
    if _is_short(short):
        return short
    whole = locale().currency_formats["standard"].pattern.replace("0.00", "0")
    return _marked(format_currency(value, unit, whole, locale=locale(), currency_digits=False))


def number(value: Decimal | int) -> str:
    """A number with every decimal it has, but no trailing zeros: 1,234.5."""
    return _marked(format_decimal(Decimal(value).normalize(), locale=locale(), decimal_quantization=False))


def rounded(value: Decimal, decimals_max: int) -> str:
    """A number rounded for reading, as an average: 3.5. Never an amount."""
    return _marked(format_decimal(value, "#,##0." + "#" * decimals_max, locale=locale()))


def short_number(value: Decimal | int) -> str:
    """A rounded form for the scale of a chart: 1.2K."""
    short = _marked(format_compact_decimal(value, locale=locale(), fraction_digits=1))
    return short if _is_short(short) else _marked(format_decimal(value, "#,##0", locale=locale()))


def _is_short(text: str) -> bool:
    """False where the language has no short form for thousands, as German: 12400."""
    return sum(character.isdigit() for character in text) <= SHORT_DIGITS_MAX


def percent(ratio: Decimal, decimals_max: int | None = None) -> str:
    """A ratio as per cent: 0.025 as 2.5%, with every decimal it has, or rounded to `decimals_max`."""
    pattern = locale().percent_formats[None].pattern
    if decimals_max is None:
        return _marked(format_percent(ratio.normalize(), pattern, locale(), decimal_quantization=False))
    short = pattern.replace("#,##0", "#,##0." + "#" * decimals_max)
    return _marked(format_percent(ratio, short, locale()))


def country(code: str) -> str:
    """The name of a country by its code of ISO 3166; anything else as it is."""
    name: str | None = locale().territories.get(code)
    return name or code


def day(value: date | datetime) -> str:
    """A day: 2 Nov 2026."""
    return format_skeleton("yMMMd", _local(value), locale=locale())


def long_day(value: date | datetime) -> str:
    """A day within a sentence: 2 November 2026."""
    return format_date(_local(value), "long", locale=locale())


def month(value: date | datetime) -> str:
    """A month with its year: November 2026."""
    return format_skeleton("yMMMM", _local(value), locale=locale())


def short_month(value: date | datetime) -> str:
    """A month's name alone, for charts: Nov."""
    return format_date(_local(value), "LLL", locale=locale())


def moment(value: datetime) -> str:
    """A day and the time of day, in the time zone that is active."""
    local = timezone.localtime(value)
    time = format_time(local.time(), "short", locale=locale())
    return str(locale().datetime_formats["medium"]).format(time, day(local))


def _local(value: date | datetime) -> date:
    return timezone.localtime(value).date() if isinstance(value, datetime) else value


def period(starts: date, ends: date | None) -> str:
    """Days from `starts` to `ends`, both included: by its name where it has one, else by its two days."""
    if ends is None:
        return _("from %(day)s") % {"day": day(starts)}
    after = ends + timedelta(days=1)
    if starts.day == after.day == 1:
        months = after.year * 12 + after.month - starts.year * 12 - starts.month
        if months == 12 and starts.month == 1:
            return str(starts.year)
        if months == 3 and starts.month % 3 == 1:
            return format_skeleton("yQQQ", starts, locale=locale())
        if months == 1:
            return month(starts)
    return day(starts) if starts == ends else f"{day(starts)} – {day(ends)}"
