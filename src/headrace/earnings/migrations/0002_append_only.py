from django.db import migrations

from headrace.base.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("earnings", "0001_initial")]
    operations = [
        *append_only("earnings_earning"),
        *append_only("earnings_snapshot"),
        *append_only("earnings_period_close"),
    ]
