from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("sales", "0008_quality")]

    operations = [
        # What was imported before: of its rejected rows the day is not known.
        migrations.RunSQL(
            'INSERT INTO sales_reported_day (organisation_id, import_run_id, "on", rows)'
            ' SELECT organisation_id, import_run_id, "on", count(*) FROM sales_line'
            ' GROUP BY organisation_id, import_run_id, "on"',
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(
            "UPDATE sales_import SET is_again = TRUE WHERE replays_id IS NOT NULL", migrations.RunSQL.noop
        ),
    ]
