from django.db import migrations

from headrace.base.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("programmes", "0001_initial")]
    operations = [*append_only("programmes_version")]
