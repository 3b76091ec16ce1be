import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("base", "0003_jobs_and_api"),
        ("base", "__first__"),
        ("partners", "0001_initial"),
        ("sales", "0003_targets"),
    ]

    operations = [
        migrations.CreateModel(
            name="SaleClaim",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("submitted_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("product_text", models.CharField(max_length=200)),
                ("serial", models.CharField(blank=True, default="", max_length=100)),
                ("invoice_number", models.CharField(max_length=100)),
                ("invoice_key", models.CharField(max_length=100)),
                ("customer", models.CharField(blank=True, default="", max_length=200)),
                ("sold_on", models.DateField()),
                ("quantity_e4", models.BigIntegerField()),
                ("net_amount_e4", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("submitted", "Waiting"),
                            ("approved", "Approved"),
                            ("refused", "Refused"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="submitted",
                        max_length=10,
                    ),
                ),
                ("checks", models.JSONField(default=list)),
                ("expected", models.JSONField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "refusal",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("unreadable", "The proof can’t be read."),
                            ("other_sale", "The proof shows another sale."),
                            ("claimed_already", "The sale was claimed or reported already."),
                            ("not_on_promotion", "No programme pays for this product on that day."),
                            ("wrong_figures", "Date, quantity or amount differ from the proof."),
                            ("unknown_serial", "The serial number is not one of ours."),
                            ("other", "Another reason"),
                        ],
                        default="",
                        max_length=20,
                    ),
                ),
                ("comment", models.CharField(blank=True, default="", max_length=500)),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "import_run",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="sales.import",
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
                        related_name="claims",
                        to="partners.partner",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="claims",
                        to="partners.person",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="sales.product",
                    ),
                ),
            ],
            options={
                "db_table": "claims_sale_claim",
                "indexes": [
                    models.Index(
                        fields=["organisation", "state", "submitted_at"],
                        name="claims_sale_organis_30c161_idx",
                    ),
                    models.Index(fields=["partner", "-submitted_at"], name="claims_sale_partner_75e540_idx"),
                    models.Index(
                        fields=["organisation", "invoice_key"], name="claims_sale_organis_b6a71d_idx"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state", "refused"), ("refusal", ""), _connector="XOR"),
                        name="refused_with_a_reason",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ClaimProof",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sha256", models.CharField(db_index=True, max_length=64)),
                ("media_type", models.CharField(max_length=40)),
                ("name", models.CharField(max_length=255)),
                ("size_bytes", models.PositiveIntegerField()),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="base.organisation"
                    ),
                ),
                (
                    "claim",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="proofs",
                        to="claims.saleclaim",
                    ),
                ),
            ],
            options={
                "db_table": "claims_proof",
            },
        ),
    ]
