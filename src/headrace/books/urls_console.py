"""Addresses of the books in the console."""

from django.urls import path, register_converter

from headrace.books import console
from headrace.ledger.models import Stage


class StageConverter:
    """A stage of the ledger by its code."""

    regex = "|".join(Stage.values)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class FileKindConverter(StageConverter):
    """The forms in which an export of the journal can be had."""

    regex = "csv|beancount"


register_converter(StageConverter, "stage")
register_converter(FileKindConverter, "journal_kind")

urlpatterns = [
    path("", console.books, name="books"),
    path("liability.csv", console.liability_csv, name="liability_csv"),
    path("journal/", console.journal, name="journal"),
    path("journal/<int:number>.<journal_kind:kind>", console.journal_file, name="journal_file"),
    path("journal/accounts/<stage:stage>/", console.journal_account, name="journal_account"),
]
