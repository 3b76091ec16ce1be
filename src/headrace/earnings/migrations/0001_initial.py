import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("base", "0002_sign_in_failure"),
        ("base", "__first__"),
        ("partners", "0001_initial"),
        ("programmes", "0002_append_only"),
    ]

    operations = [
        migrations.CreateModel(
            name="Snapshot",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("taken_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("as_of", models.DateTimeField()),
                ("engine_version", models.CharField(max_length=40)),
                ("manifest", models.JSONField()),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="base.organisation"
                    ),
                ),
            ],
            options={
                "db_table": "earnings_snapshot",
            },
        ),
        migrations.CreateModel(
            name="Run",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("backend", models.CharField(max_length=40)),
                ("calculated_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("results", models.JSONField()),
                ("published_at", models.DateTimeField(null=True)),
                (
                    "calculated_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="base.organisation"
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="runs",
                        to="programmes.programme",
                    ),
                ),
                (
                    "published_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "snapshot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="runs",
                        to="earnings.snapshot",
                    ),
                ),
            ],
            options={
                "db_table": "earnings_run",
                "indexes": [
                    models.Index(fields=["programme", "calculated_at"], name="earnings_ru_program_775603_idx")
                ],
            },
        ),
        migrations.CreateModel(
            name="PeriodClose",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("through", models.DateField()),
                ("closed_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "closed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="period_closes",
                        to="base.organisation",
                    ),
                ),
            ],
            options={
                "db_table": "earnings_period_close",
                "constraints": [
                    models.UniqueConstraint(fields=("organisation", "through"), name="close_through_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Progress",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("rule", models.CharField(max_length=80)),
                ("by", models.CharField(blank=True, max_length=200)),
                ("period_from", models.DateField()),
                ("period_to", models.DateField()),
                ("is_share", models.BooleanField()),
                ("unit_of_measure", models.CharField(blank=True, max_length=3)),
                ("value", models.CharField(max_length=80)),
                ("next_bound", models.CharField(max_length=80)),
                ("missing", models.CharField(max_length=80)),
                ("unit", models.CharField(max_length=40)),
                ("more_minor", models.BigIntegerField(null=True)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="base.organisation"
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="progress",
                        to="partners.partner",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="progress",
                        to="partners.person",
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="progress",
                        to="programmes.programme",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="earnings.run"
                    ),
                ),
            ],
            options={
                "db_table": "earnings_progress",
                "indexes": [
                    models.Index(fields=["partner", "period_to"], name="earnings_pr_partner_3aa4c5_idx")
                ],
            },
        ),
        migrations.CreateModel(
            name="Earning",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=300)),
                ("rule", models.CharField(max_length=80)),
                ("by", models.CharField(blank=True, max_length=200)),
                ("period_from", models.DateField()),
                ("period_to", models.DateField()),
                ("unit", models.CharField(max_length=40)),
                ("digits", models.PositiveSmallIntegerField()),
                ("amount_minor", models.BigIntegerField()),
                ("delta_minor", models.BigIntegerField()),
                ("occurred_on", models.DateField()),
                (
                    "corrects",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrected_by",
                        to="earnings.earning",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="base.organisation"
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="earnings",
                        to="partners.partner",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="earnings",
                        to="partners.person",
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="earnings",
                        to="programmes.programme",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="programmes.programmeversion",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="earnings",
                        to="earnings.run",
                    ),
                ),
            ],
            options={
                "db_table": "earnings_earning",
                "indexes": [
                    models.Index(fields=["programme", "key"], name="earnings_ea_program_534b1b_idx"),
                    models.Index(fields=["partner", "period_from"], name="earnings_ea_partner_ba1b00_idx"),
                    models.Index(fields=["programme", "occurred_on"], name="earnings_ea_program_ddc236_idx"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("run", "key"), name="earning_key_once_per_run")
                ],
            },
        ),
    ]
