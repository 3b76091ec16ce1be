import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("base", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Account",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("owner", models.CharField(blank=True, max_length=100)),
                ("programme", models.CharField(blank=True, max_length=100)),
                ("unit", models.CharField(max_length=40)),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("expense", "Programme expense"),
                            ("accrued", "Accrued"),
                            ("approved", "Approved"),
                            ("payable", "Payable"),
                            ("paid", "Paid"),
                            ("bank", "Bank"),
                        ],
                        max_length=40,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="base.organisation",
                    ),
                ),
            ],
            options={
                "db_table": "ledger_account",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "owner", "programme", "unit", "stage"),
                        name="ledger_account_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Posting",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="base.organisation",
                    ),
                ),
            ],
            options={
                "db_table": "ledger_posting",
            },
        ),
        migrations.CreateModel(
            name="Transfer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=400)),
                ("kind", models.CharField(max_length=60)),
                ("occurred_on", models.DateField()),
                ("posted_at", models.DateTimeField()),
                ("corrects_period", models.CharField(blank=True, max_length=40)),
                ("details", models.JSONField()),
                ("content_hash", models.CharField(max_length=64)),
                (
                    "organisation",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="base.organisation",
                    ),
                ),
                (
                    "posting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="transfers",
                        to="ledger.posting",
                    ),
                ),
            ],
            options={
                "db_table": "ledger_transfer",
                "indexes": [
                    models.Index(
                        fields=["organisation", "occurred_on"], name="ledger_tran_organis_4f4511_idx"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("organisation", "key"), name="ledger_transfer_key_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("amount_minor", models.BigIntegerField()),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="ledger.account",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="base.organisation",
                    ),
                ),
                (
                    "transfer",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="ledger.transfer",
                    ),
                ),
            ],
            options={
                "db_table": "ledger_entry",
                "indexes": [
                    models.Index(fields=["account", "transfer", "amount_minor"], name="ledger_entry_balance")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("amount_minor__gte", -1000000000000000),
                            ("amount_minor__lte", 1000000000000000),
                            models.Q(("amount_minor", 0), _negated=True),
                        ),
                        name="ledger_entry_amount_in_bounds",
                    )
                ],
            },
        ),
    ]
