from django.db import migrations

from headrace.base.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("payouts", "0004_payouts")]
    operations = [
        *append_only("payouts_bank_account"),
        *append_only("payouts_bank_account_decision"),
        *append_only("payouts_paying_account"),
        *append_only("payouts_bank_answer"),
    ]
