"""Addresses for people at the brand; the views stand beside their features."""

from django.urls import include, path

from headrace.base import console as settings
from headrace.base.approvals import console as approvals
from headrace.base.approvals import settings_console as approval_rules
from headrace.claims import console as claims
from headrace.console import views
from headrace.disputes import console as disputes
from headrace.earnings import console as earnings
from headrace.ledger import console as ledger
from headrace.payouts import console as payouts
from headrace.payouts import console_answers as answers
from headrace.payouts import console_batches as batches
from headrace.payouts import console_settlements as settlements
from headrace.payouts import console_taxes as taxes
from headrace.programmes import console as programmes
from headrace.programmes.budgets import console as budgets

app_name = "console"

urlpatterns = [
    path("", views.home, name="home"),
    path("programmes/", earnings.programmes, name="programmes"),
    path("programmes/calculate/", earnings.calculate, name="calculate"),
    path("programmes/<slug:key>/", earnings.programme, name="programme"),
    path("programmes/<slug:key>/terms/", programmes.terms, name="programme_terms"),
    path("budgets/", budgets.budgets, name="budgets"),
    path("budgets/new/", budgets.new_budget, name="new_budget"),
    path("budgets/<int:pk>/", budgets.budget, name="budget"),
    path("budgets/<int:pk>/change/", budgets.change_budget, name="change_budget"),
    path("partners/", earnings.partners, name="partners"),
    path("partners/<str:code>/", earnings.partner, name="partner"),
    path("earnings/<int:pk>/", earnings.earning, name="earning"),
    path("earnings/<int:pk>/lines/", earnings.lines, name="earning_lines"),
    path("earnings/<int:pk>/lines.csv", earnings.lines_csv, name="earning_lines_csv"),
    path("partners/<str:code>/statements/", payouts.statements, name="statements"),
    path("statements/<int:pk>/", payouts.statement, name="statement"),
    path("statements/<int:pk>.pdf", payouts.statement_pdf, name="statement_pdf"),
    path("settlements/", settlements.settlements, name="settlements"),
    path("settlements/prepare/", settlements.prepare, name="prepare_settlement"),
    path("settlements/terms/", settlements.terms, name="settlement_terms"),
    path("settlements/tax/", taxes.own_tax_profile, name="own_tax_profile"),
    path("settlements/<int:pk>/", settlements.settlement, name="settlement"),
    path("settlements/recipients/<int:pk>/", settlements.payee, name="settlement_payee"),
    path("partners/<str:code>/tax/", taxes.tax_profile, name="tax_profile"),
    path("credit-notes/<int:pk>.xml", taxes.credit_note, name="credit_note"),
    path("sales/imports/<int:pk>/withdraw/", earnings.withdraw_import, name="withdraw_import"),
    path("partners/<str:code>/bank-account/", batches.new_bank_account, name="new_bank_account"),
    path("payouts/", batches.payouts, name="payouts"),
    path("payouts/prepare/", batches.prepare_payouts, name="prepare_payouts"),
    path("payouts/batches/", batches.payout_batches, name="payout_batches"),
    path("payouts/batches/<int:pk>/", batches.payout_batch, name="payout_batch"),
    path("payouts/batches/<int:pk>/hand-over/", batches.hand_over_batch, name="hand_over_batch"),
    path("payouts/batches/<int:pk>/drop/", batches.drop_batch, name="drop_batch"),
    path("payouts/batches/<int:pk>/file/", batches.payout_file, name="payout_file"),
    path("payouts/answers/", answers.bank_answers, name="bank_answers"),
    path("payouts/answers/<int:pk>/", answers.bank_answer, name="bank_answer"),
    path("payouts/answers/entries/<int:pk>/", answers.look_at_entry, name="look_at_entry"),
    path("payouts/accounts/<int:pk>/", batches.bank_account, name="bank_account"),
    path("payouts/settings/", batches.payout_settings, name="payout_settings"),
    path("claims/", claims.claims, name="claims"),
    path("claims/<int:pk>/", claims.claim, name="claim"),
    path("disputes/", disputes.disputes, name="disputes"),
    path("disputes/<int:pk>/", disputes.dispute, name="dispute"),
    path("disputes/evidence/<int:pk>/", disputes.evidence, name="dispute_evidence"),
    path("claims/proofs/<int:pk>/", claims.proof, name="claim_proof"),
    path("approvals/", approvals.approvals, name="approvals"),
    path("approvals/<int:pk>/", approvals.approval, name="approval"),
    path("approvals/away/", approvals.away, name="approvals_away"),
    path("approvals/away/<int:pk>/revoke/", approvals.revoke_delegation, name="revoke_delegation"),
    path("settings/approvals/", approval_rules.rules, name="approval_rules"),
    path("settings/approvals/new/", approval_rules.new_rule, name="new_approval_rule"),
    path("settings/approvals/<int:pk>/", approval_rules.rule, name="approval_rule"),
    path("settings/approvals/<int:pk>/change/", approval_rules.change_rule, name="change_approval_rule"),
    path("settings/approvals/<int:pk>/end/", approval_rules.end_rule, name="end_approval_rule"),
    path("ledger/", ledger.trial_balance, name="trial_balance"),
    path("ledger/trial-balance.csv", ledger.trial_balance_csv, name="trial_balance_csv"),
    path("ledger/accounts/", ledger.accounts, name="ledger_accounts"),
    path("ledger/accounts/<int:pk>/", ledger.account, name="ledger_account"),
    path("settings/api-keys/", settings.api_keys, name="api_keys"),
    path("settings/api-keys/<int:pk>/revoke/", settings.revoke_api_key, name="revoke_api_key"),
    path("books/", include("headrace.books.urls_console")),
    path("sales/", include("headrace.sales.urls_console")),
]
