import django.db.models.deletion
import django.db.models.functions.comparison
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("base", "0002_sign_in_failure"),
        ("base", "__first__"),
        ("partners", "0001_initial"),
        ("sales", "0005_withdrawals"),
    ]

    operations = [
        migrations.AddField(
            model_name="import",
            name="changes",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="import",
            name="replays",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="replayed_by",
                to="sales.import",
            ),
        ),
        migrations.AddField(
            model_name="salesline",
            name="matched",
            field=models.JSONField(null=True),
        ),
        migrations.CreateModel(
            name="Alias",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("partner", "Partner"),
                            ("product", "Product"),
                            ("customer", "Customer"),
                            ("person", "Person"),
                        ],
                        max_length=10,
                    ),
                ),
                ("text", models.CharField(max_length=200)),
                ("key", models.CharField(max_length=200)),
                ("score", models.PositiveSmallIntegerField(null=True)),
                ("reason", models.JSONField(null=True)),
                ("by_writing", models.BooleanField(default=False)),
                ("decided_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                (
                    "customer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="sales.customer",
                    ),
                ),
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
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="base.organisation"
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.partner",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
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
                (
                    "source",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="sales.source",
                    ),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "sales_alias",
                "indexes": [
                    models.Index(
                        fields=["organisation", "kind", "key"], name="sales_alias_organis_c0813e_idx"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("organisation"),
                        django.db.models.functions.comparison.Coalesce("source", 0),
                        models.F("kind"),
                        models.F("key"),
                        condition=models.Q(("withdrawn_at", None)),
                        name="one_meaning_per_text",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("partner", None), ("kind", "partner"), _connector="OR"),
                        name="alias_of_partner",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("product", None), ("kind", "product"), _connector="OR"),
                        name="alias_of_product",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("customer", None), ("kind", "customer"), _connector="OR"),
                        name="alias_of_customer",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("person", None), ("kind", "person"), _connector="OR"),
                        name="alias_of_person",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AliasUse",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("lines", models.PositiveIntegerField()),
                (
                    "alias",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="uses", to="sales.alias"
                    ),
                ),
                (
                    "import_run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sales.import"
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="base.organisation"
                    ),
                ),
            ],
            options={
                "db_table": "sales_alias_use",
                "constraints": [
                    models.UniqueConstraint(fields=("alias", "import_run"), name="one_use_per_import")
                ],
            },
        ),
        migrations.CreateModel(
            name="UnknownText",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("partner", "Partner"),
                            ("product", "Product"),
                            ("customer", "Customer"),
                            ("person", "Person"),
                        ],
                        max_length=10,
                    ),
                ),
                ("key", models.CharField(max_length=200)),
                ("text", models.CharField(max_length=200)),
                ("proposals", models.JSONField(null=True)),
                ("score", models.PositiveSmallIntegerField(default=0)),
                ("looked_among", models.CharField(blank=True, default="", max_length=80)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="base.organisation"
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sales.source"
                    ),
                ),
            ],
            options={
                "db_table": "sales_unknown_text",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "source", "kind", "key"), name="one_unknown_text_per_source"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="UnknownRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("problems", models.PositiveSmallIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("net_amount_e4", models.BigIntegerField(null=True)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="base.organisation"
                    ),
                ),
                (
                    "reject",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="unknown_texts",
                        to="sales.reject",
                    ),
                ),
                (
                    "unknown",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rows",
                        to="sales.unknowntext",
                    ),
                ),
            ],
            options={
                "db_table": "sales_unknown_row",
                "constraints": [
                    models.UniqueConstraint(fields=("reject", "unknown"), name="one_row_per_unknown_text")
                ],
            },
        ),
    ]
