"""Addresses for people of partners; the views stand beside their features."""

from django.urls import path

from headrace.claims import portal as claims
from headrace.disputes import comparison_portal as comparisons
from headrace.disputes import portal as disputes
from headrace.earnings import portal as earnings
from headrace.payouts import portal as payouts
from headrace.payouts import portal_payouts
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
    path("earnings/<int:pk>/question/", disputes.question_earning, name="question_earning"),
    path("disputes/", disputes.disputes, name="disputes"),
    path("disputes/missing/", disputes.missing_sale, name="missing_sale"),
    path("disputes/compare/", comparisons.compare, name="compare"),
    path("disputes/compare/<int:pk>/", comparisons.comparison, name="comparison"),
    path("disputes/compare/<int:pk>/columns/", comparisons.columns, name="comparison_columns"),
    path("disputes/compare/<int:pk>/question/", comparisons.dispute_rows, name="dispute_rows"),
    path("disputes/compare/<int:pk>.csv", comparisons.comparison_csv, name="comparison_csv"),
    path("disputes/evidence/<int:pk>/", disputes.evidence, name="dispute_evidence"),
    path("disputes/<int:pk>/", disputes.dispute, name="dispute"),
    path("disputes/<int:pk>/withdraw/", disputes.withdraw, name="withdraw_dispute"),
    path("disputes/<int:pk>/reopen/", disputes.reopen, name="reopen_dispute"),
    path("statements/", payouts.statements, name="statements"),
    path("statements/<int:pk>/", payouts.statement, name="statement"),
    path("statements/<int:pk>.pdf", payouts.statement_pdf, name="statement_pdf"),
    path("credit-notes/<int:pk>.xml", payouts.credit_note, name="credit_note"),
    path("payouts/", portal_payouts.payouts, name="payouts"),
    path("payouts/bank-account/", portal_payouts.partner_bank_account, name="partner_bank_account"),
    path("payouts/my-bank-account/", portal_payouts.own_bank_account, name="own_bank_account"),
    path("programmes/", programmes.programmes, name="programmes"),
    path("programmes/<slug:key>/", programmes.terms, name="programme"),
]
