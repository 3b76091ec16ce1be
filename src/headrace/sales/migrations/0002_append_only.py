from django.db import migrations

from headrace.base.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("sales", "0001_initial")]
    operations = [*append_only("sales_line"), *append_only("sales_reject"), *append_only("sales_repair")]
