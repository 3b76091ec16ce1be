"""Addresses for people of partners; the views stand beside their features."""

from django.urls import path

from headrace.earnings import portal as earnings
from headrace.payouts import portal as payouts
from headrace.portal import views
from headrace.programmes import portal as programmes

app_name = "portal"

urlpatterns = [
    path("", views.home, name="home"),
    path("earnings/", earnings.earnings, name="earnings"),
    path("earnings/<int:pk>/", earnings.earning, name="earning"),
    path("earnings/<int:pk>/lines/", earnings.lines, name="earning_lines"),
    path("earnings/<int:pk>/lines.csv", earnings.lines_csv, name="earning_lines_csv"),
    path("statements/", payouts.statements, name="statements"),
    path("statements/<int:pk>/", payouts.statement, name="statement"),
    path("statements/<int:pk>.pdf", payouts.statement_pdf, name="statement_pdf"),
    path("programmes/", programmes.programmes, name="programmes"),
    path("programmes/<slug:key>/", programmes.terms, name="programme"),
]
