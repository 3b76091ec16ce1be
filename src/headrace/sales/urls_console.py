"""Addresses of imports below /console/sales/, in the namespace `console`."""

from django.urls import path

from headrace.sales import (
    console,
    console_drafts,
    doubts_console,
    lines_console,
    matching_console,
    repair_console,
)

urlpatterns = [
    path("", console.imports, name="imports"),
    path("upload/", console.upload, name="upload"),
    path("matching/", matching_console.matching, name="matching"),
    path("matching/confirm/", matching_console.confirm_matches, name="confirm_matches"),
    path("matching/look-again/", matching_console.look_again, name="look_again"),
    path("matching/<int:pk>/", matching_console.unknown_text, name="unknown_text"),
    path("matching/<int:pk>/new/", matching_console.make_target, name="make_target"),
    path("names/", matching_console.aliases, name="aliases"),
    path("names/<int:pk>/", matching_console.alias, name="alias"),
    path("doubts/", doubts_console.doubts, name="doubts"),
    path("doubts/<int:pk>/", doubts_console.settle_doubt, name="settle_doubt"),
    path("lines/", lines_console.lines, name="lines"),
    path("lines.csv", lines_console.lines_csv, name="lines_csv"),
    path("imports/<int:pk>/rows/<int:row>/", repair_console.repair_row, name="repair_row"),
    path("imports/<int:pk>/repair/", repair_console.repair_many, name="repair_many"),
    path("imports/<int:pk>/", console.import_run, name="import"),
    path("imports/<int:pk>/rejects.csv", console.rejects_csv, name="rejects_csv"),
    path("deliveries/<int:pk>/", console.delivery, name="delivery"),
    path("deliveries/<int:pk>/again/", console.delivery_again, name="delivery_again"),
    path("drafts/", console_drafts.drafts, name="drafts"),
    path("drafts/<int:pk>/", console_drafts.draft, name="draft"),
    path("drafts/<int:pk>/columns/", console_drafts.columns, name="draft_columns"),
    path("drafts/<int:pk>/source/", console_drafts.source, name="draft_source"),
    path("drafts/<int:pk>/as-before/", console_drafts.as_before, name="draft_as_before"),
    path("drafts/<int:pk>/leave-out/", console_drafts.leave_out, name="draft_leave_out"),
]
