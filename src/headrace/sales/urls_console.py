"""Addresses of imports below /console/sales/, in the namespace `console`."""

from django.urls import path

from headrace.sales import console, matching_console

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
    path("imports/<int:pk>/", console.import_run, name="import"),
    path("imports/<int:pk>/rejects.csv", console.rejects_csv, name="rejects_csv"),
]
