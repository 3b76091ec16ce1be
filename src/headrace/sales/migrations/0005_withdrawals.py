import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

from headrace.base.append_only import append_only, lifted
from headrace.sales.order_numbers import order_key

FOREIGN_KEY = {"on_delete": django.db.models.deletion.PROTECT, "related_name": "+"}
LINES_A_TIME = 500


INDEXES = (
    models.Index(fields=["partner", "product", "on"], name="lines_of_a_product"),
    models.Index(
        fields=["order_key", "partner"], name="lines_of_an_order", condition=Q(order_key__isnull=False)
    ),
    models.Index(
        fields=["customer", "partner", "on"], name="lines_of_a_customer", condition=Q(customer__isnull=False)
    ),
    models.Index(
        fields=["partner", "product", "on"],
        name="returns_without_sale",
        condition=Q(quantity_e4__lt=0, returns=""),
    ),
    models.Index(fields=["organisation", "returns"], name="lines_by_returns", condition=~Q(returns="")),
    models.Index(fields=["organisation", "serial"], name="lines_by_serial", condition=~Q(serial="")),
    models.Index(
        fields=["organisation", "supersedes"], name="lines_by_supersedes", condition=~Q(supersedes="")
    ),
)


def part_duplicates_from_rejects(apps, editor):
    Reject = apps.get_model("sales", "Reject")
    Reject.objects.filter(problems__0__reason="duplicate").update(is_duplicate=True)
    Import = apps.get_model("sales", "Import")
    # Of partners and the like what was counted as a duplicate is a contradiction: it stays rejected.
    Import.objects.exclude(kind="sales").update(duplicates=0)
    Import.objects.filter(duplicates__gt=0).update(rejected=F("rejected") - F("duplicates"))


def count_duplicates_as_rejects(apps, editor):
    Import = apps.get_model("sales", "Import")
    Import.objects.filter(duplicates__gt=0).update(rejected=F("rejected") + F("duplicates"))


def note_order_keys(apps, editor):
    SalesLine = apps.get_model("sales", "SalesLine")
    lines = SalesLine.objects.exclude(order_id="").order_by("pk").only("pk", "order_id")
    last = 0
    while chunk := list(lines.filter(pk__gt=last)[:LINES_A_TIME]):
        for line in chunk:
            line.order_key = order_key(line.order_id) or None
        SalesLine.objects.bulk_update(chunk, ["order_key"])
        last = chunk[-1].pk


class Migration(migrations.Migration):
    dependencies = [
        ("base", "0002_sign_in_failure"),
        ("sales", "0004_draft"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        *lifted("sales_line"),
        *lifted("sales_reject"),
        migrations.RemoveConstraint(model_name="import", name="rows_are_accepted_or_rejected"),
        migrations.RemoveConstraint(model_name="import", name="duplicates_are_rejected"),
        migrations.RemoveConstraint(model_name="salesline", name="one_line_per_id"),
        migrations.AddField("import", "withdrawn_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "import",
            "withdrawn_by",
            models.ForeignKey(null=True, to=settings.AUTH_USER_MODEL, **FOREIGN_KEY),
        ),
        migrations.AddField(
            "import", "withdrawn_reason", models.CharField(blank=True, default="", max_length=500)
        ),
        migrations.AddField("reject", "is_duplicate", models.BooleanField(db_default=False, default=False)),
        migrations.AddField(
            "salesline",
            "order_key",
            models.CharField(max_length=100, null=True),
        ),
        migrations.AddField("salesline", "revision", models.PositiveIntegerField(db_default=0, default=0)),
        migrations.RunPython(part_duplicates_from_rejects, count_duplicates_as_rejects),
        migrations.RunPython(note_order_keys, migrations.RunPython.noop),
        migrations.RemoveIndex("salesline", "sales_line_partner_9dae0e_idx"),
        *(migrations.AddIndex("salesline", index) for index in INDEXES),
        migrations.AddConstraint(
            "import",
            models.CheckConstraint(
                condition=Q(rows=F("accepted") + F("rejected") + F("duplicates")),
                name="rows_are_accepted_rejected_or_duplicates",
            ),
        ),
        migrations.AddConstraint(
            "salesline",
            models.UniqueConstraint(
                fields=("organisation", "external_id", "revision"), name="one_line_per_id_and_revision"
            ),
        ),
        *append_only("sales_line"),
        *append_only("sales_reject"),
        migrations.CreateModel(
            name="LineWithdrawal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
                ("reason", models.CharField(max_length=500)),
                ("subject", models.CharField(max_length=100)),
                ("by", models.ForeignKey(null=True, to=settings.AUTH_USER_MODEL, **FOREIGN_KEY)),
                (
                    "line",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="withdrawal",
                        to="sales.salesline",
                    ),
                ),
                ("organisation", models.ForeignKey(to="base.organisation", **FOREIGN_KEY)),
                (
                    "same_as",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stands_for",
                        to="sales.salesline",
                    ),
                ),
            ],
            options={
                "db_table": "sales_line_withdrawal",
                "indexes": [
                    models.Index(fields=["organisation", "recorded_at"], name="withdrawals_by_moment")
                ],
            },
        ),
        *append_only("sales_line_withdrawal"),
    ]
