from django.db import migrations

from headrace.base.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("payouts", "0001_initial")]
    operations = [*append_only("payouts_statement")]
