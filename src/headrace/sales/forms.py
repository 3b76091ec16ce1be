"""The upload of files, and what is asked before lines are taken back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from headrace.base.models import Organisation
from headrace.sales import mapping, mappings, queries
from headrace.sales.withdrawals import REASON_MAX

SHIPPED = "shipped:"


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One file or several."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        files = data or [None]
        return [super(FilesField, self).clean(file, initial) for file in files]


class UploadForm(forms.Form):
    """Files, and the mapping that reads them: one that was kept or is shipped, or one of one's own."""

    mapping = forms.ChoiceField(
        label=_("Mapping"),
        required=False,
        help_text=_(
            "It says which column of a file means what. Without one, the files are looked into first."
        ),
    )
    own_mapping = forms.FileField(
        label=_("Or a mapping of your own"), help_text=_("A YAML document; it is kept."), required=False
    )
    upload = FilesField(
        label=_("Files"),
        help_text=_("CSV, Excel, Parquet, X12 867 or EDIFACT SLSRPT; one or a whole delivery."),
        allow_empty_file=True,
    )

    def __init__(self, organisation: Organisation, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kept = {document.name: document for document in queries.latest_mappings(organisation)}
        choices = [("", gettext("None yet: look into the files"))]
        choices += [(name, str(document)) for name, document in self.kept.items()]
        choices += [(SHIPPED + name, name) for name in mappings.names() if name not in self.kept]
        field = self.fields["mapping"]
        field.choices = choices  # type: ignore[attr-defined]
        field.initial = queries.last_mapping_name(organisation)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if self.errors:
            return cleaned
        if cleaned.get("own_mapping"):
            cleaned["text"] = self._own_text(cleaned["own_mapping"])
        elif cleaned["mapping"]:
            name = cleaned["mapping"]
            shipped = name.removeprefix(SHIPPED)
            cleaned["text"] = mappings.text(shipped) if name.startswith(SHIPPED) else self.kept[name].text
        return cleaned

    def _own_text(self, file: UploadedFile[Any]) -> str:
        """The text of one's own document, each of its mistakes noted beside the field."""
        try:
            text: str = file.read(4 * mapping.DOCUMENT_LENGTH_MAX + 1).decode("utf-8-sig")
        except UnicodeDecodeError:
            self.add_error("own_mapping", gettext("The mapping is no text in UTF-8. Save it as UTF-8."))
            return ""
        _plan, findings = mapping.check(text)
        for finding in findings:
            self.add_error("own_mapping", str(finding))
        return text


class WithdrawForm(forms.Form):
    """Why an import is withdrawn; `is_sure` is set by the second page only."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=REASON_MAX,
        help_text=_("It stays beside the lines and in the audit trail, as “Sent for the wrong month”."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    is_sure = forms.BooleanField(required=False, widget=forms.HiddenInput)
