"""Addresses of imports below /console/sales/, in the namespace `console`."""

from django.urls import path

from headrace.sales import console

urlpatterns = [
    path("", console.imports, name="imports"),
    path("upload/", console.upload, name="upload"),
    path("imports/<int:pk>/", console.import_run, name="import"),
    path("imports/<int:pk>/rejects.csv", console.rejects_csv, name="rejects_csv"),
]
