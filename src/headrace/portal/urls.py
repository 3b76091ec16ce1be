"""Addresses for people of partners; the views stand beside their features."""

from django.urls import path

from headrace.claims import portal as claims
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
    path("earnings/<int:pk>/proof.json", earnings.proof, name="earning_proof"),
    path("earnings/<int:pk>/lines.csv", earnings.lines_csv, name="earning_lines_csv"),
    path("claims/", claims.claims, name="claims"),
    path("claims/new/", claims.new_claim, name="new_claim"),
    path("claims/<int:pk>/", claims.claim, name="claim"),
    path("claims/<int:pk>/withdraw/", claims.withdraw, name="withdraw_claim"),
    path("claims/proofs/<int:pk>/", claims.proof, name="claim_proof"),
    path("statements/", payouts.statements, name="statements"),
    path("statements/<int:pk>/", payouts.statement, name="statement"),
    path("statements/<int:pk>.pdf", payouts.statement_pdf, name="statement_pdf"),
    path("programmes/", programmes.programmes, name="programmes"),
    path("programmes/<slug:key>/", programmes.terms, name="programme"),
]
