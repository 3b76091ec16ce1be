"""Addresses of imports below /console/sales/, in the namespace `console`."""

from django.urls import path

from headrace.sales import console, console_drafts

urlpatterns = [
    path("", console.imports, name="imports"),
    path("upload/", console.upload, name="upload"),
    path("imports/<int:pk>/", console.import_run, name="import"),
    path("imports/<int:pk>/rejects.csv", console.rejects_csv, name="rejects_csv"),
    path("drafts/", console_drafts.drafts, name="drafts"),
    path("drafts/<int:pk>/", console_drafts.draft, name="draft"),
    path("drafts/<int:pk>/columns/", console_drafts.columns, name="draft_columns"),
    path("drafts/<int:pk>/source/", console_drafts.source, name="draft_source"),
    path("drafts/<int:pk>/as-before/", console_drafts.as_before, name="draft_as_before"),
    path("drafts/<int:pk>/leave-out/", console_drafts.leave_out, name="draft_leave_out"),
]
