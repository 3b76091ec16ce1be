"""Addresses of the books in the console."""

from django.urls import path, register_converter

from headrace.books import console, forecast_console


class FileKindConverter:
    """The forms in which an export of the journal can be had."""

    regex = "csv|beancount"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(FileKindConverter, "journal_kind")

urlpatterns = [
    path("", console.books, name="books"),
    path("liability.csv", console.liability_csv, name="liability_csv"),
    path("forecast/", forecast_console.forecast, name="forecast"),
    path("forecast/now/", forecast_console.forecast_now, name="forecast_now"),
    path("journal/", console.journal, name="journal"),
    path("journal/<int:number>.<journal_kind:kind>", console.journal_file, name="journal_file"),
    path("journal/accounts/", console.journal_accounts, name="journal_accounts"),
]
