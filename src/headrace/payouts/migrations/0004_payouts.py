import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("base", "0005_approvals"),
        ("base", "__first__"),
        ("ledger", "0005_blocks"),
        ("partners", "0001_initial"),
        ("payouts", "0003_settlements"),
    ]

    operations = [
        migrations.CreateModel(
            name="BankAccount",
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
                            ("iban", "Account with an IBAN"),
                            ("us", "Account in the United States"),
                            ("credit_note", "No bank: credited to the customer account"),
                        ],
                        default="iban",
                        max_length=20,
                    ),
                ),
                ("holder", models.CharField(max_length=70)),
                ("iban", models.CharField(blank=True, default="", max_length=34)),
                ("bic", models.CharField(blank=True, default="", max_length=11)),
                ("routing", models.CharField(blank=True, default="", max_length=9)),
                ("number", models.CharField(blank=True, default="", max_length=17)),
                (
                    "account_type",
                    models.CharField(
                        choices=[("checking", "Checking account"), ("savings", "Savings account")],
                        default="checking",
                        max_length=10,
                    ),
                ),
                ("entered_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "entered_by",
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
            ],
            options={
                "db_table": "payouts_bank_account",
                "indexes": [
                    models.Index(
                        fields=["organisation", "partner", "person"], name="payouts_ban_organis_92bfa7_idx"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="BankAccountDecision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("accepted", "Accepted"),
                            ("refused", "Refused"),
                            ("replaced", "Replaced by another before it was approved"),
                        ],
                        max_length=10,
                    ),
                ),
                ("usable_from", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, default="", max_length=1000)),
                ("decided_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "account",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decision",
                        to="payouts.bankaccount",
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
                "db_table": "payouts_bank_account_decision",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome", "accepted"), ("usable_from__isnull", False)),
                            models.Q(models.Q(("outcome", "accepted"), _negated=True), ("usable_from", None)),
                            _connector="OR",
                        ),
                        name="usable_from_only_of_accepted",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="BankAnswer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sha256", models.CharField(max_length=64)),
                ("file_name", models.CharField(max_length=255)),
                ("message", models.CharField(max_length=20)),
                ("message_id", models.CharField(blank=True, default="", max_length=35)),
                ("received_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="base.organisation"
                    ),
                ),
                (
                    "received_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "payouts_bank_answer",
                "indexes": [
                    models.Index(
                        fields=["organisation", "-received_at"], name="payouts_ban_organis_8106a8_idx"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("organisation", "sha256"), name="bank_answer_read_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="PayingAccount",
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
                            ("iban", "Account with an IBAN"),
                            ("us", "Account in the United States"),
                            ("credit_note", "No bank: credited to the customer account"),
                        ],
                        default="iban",
                        max_length=20,
                    ),
                ),
                ("holder", models.CharField(max_length=70)),
                ("iban", models.CharField(blank=True, default="", max_length=34)),
                ("bic", models.CharField(blank=True, default="", max_length=11)),
                ("routing", models.CharField(blank=True, default="", max_length=9)),
                ("number", models.CharField(blank=True, default="", max_length=17)),
                (
                    "account_type",
                    models.CharField(
                        choices=[("checking", "Checking account"), ("savings", "Savings account")],
                        default="checking",
                        max_length=10,
                    ),
                ),
                ("unit", models.CharField(max_length=3)),
                ("company_id", models.CharField(blank=True, default="", max_length=10)),
                ("bank_name", models.CharField(blank=True, default="", max_length=23)),
                ("noted_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "noted_by",
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
            ],
            options={
                "db_table": "payouts_paying_account",
                "indexes": [
                    models.Index(
                        fields=["organisation", "unit", "kind"], name="payouts_pay_organis_48882b_idx"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Payout",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("unit", models.CharField(max_length=40)),
                ("amount_minor", models.BigIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("held", "Being prepared"),
                            ("sent", "On its way"),
                            ("paid", "Paid"),
                            ("refused", "Refused by the bank"),
                            ("returned", "Came back"),
                            ("void", "Not paid"),
                        ],
                        default="held",
                        max_length=10,
                    ),
                ),
                ("sent_on", models.DateField(null=True)),
                ("paid_on", models.DateField(null=True)),
                ("failed_on", models.DateField(null=True)),
                ("reason_code", models.CharField(blank=True, default="", max_length=35)),
                ("reason_text", models.CharField(blank=True, default="", max_length=500)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payouts",
                        to="payouts.bankaccount",
                    ),
                ),
                (
                    "hold",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.hold",
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
            ],
            options={
                "db_table": "payouts_payout",
            },
        ),
        migrations.CreateModel(
            name="BankAnswerEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("accepted", "Accepted by the bank"),
                            ("refused", "Refused by the bank"),
                            ("paid", "Booked"),
                            ("returned", "Came back"),
                        ],
                        max_length=10,
                    ),
                ),
                ("reference", models.CharField(blank=True, default="", max_length=35)),
                ("batch_reference", models.CharField(blank=True, default="", max_length=35)),
                ("bank_reference", models.CharField(blank=True, default="", max_length=35)),
                ("amount_minor", models.BigIntegerField(null=True)),
                ("unit", models.CharField(blank=True, default="", max_length=3)),
                ("booked_on", models.DateField(null=True)),
                ("reason_code", models.CharField(blank=True, default="", max_length=35)),
                ("reason_text", models.CharField(blank=True, default="", max_length=500)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("posted", "Posted"),
                            ("nothing_new", "Nothing new"),
                            ("unclear", "Somebody has to look"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "problem",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("unknown", "No payout is known by this reference."),
                            ("amount", "The amount differs from that of the payout."),
                            ("not_sent", "The payout was not handed to the bank."),
                            ("after_refusal", "The bank had refused this payout before."),
                            ("after_payment", "The bank had booked this payout before."),
                            ("second_booking", "Booked before under another reference of the bank."),
                        ],
                        default="",
                        max_length=20,
                    ),
                ),
                ("looked_at", models.DateTimeField(null=True)),
                ("note", models.CharField(blank=True, default="", max_length=500)),
                (
                    "answer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="payouts.bankanswer",
                    ),
                ),
                (
                    "looked_at_by",
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
                    "payout",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers",
                        to="payouts.payout",
                    ),
                ),
            ],
            options={
                "db_table": "payouts_bank_answer_entry",
                "indexes": [
                    models.Index(fields=["answer", "position"], name="payouts_ban_answer__9cd4cc_idx"),
                    models.Index(
                        condition=models.Q(("looked_at", None), ("outcome", "unclear")),
                        fields=["organisation"],
                        name="entries_to_look_at",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PayoutBatch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("method", models.CharField(max_length=20)),
                ("unit", models.CharField(max_length=40)),
                ("execution_on", models.DateField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waits for approval"),
                            ("approved", "Approved"),
                            ("handed_over", "Handed over"),
                            ("refused", "Refused"),
                            ("dropped", "Dropped"),
                        ],
                        default="waiting",
                        max_length=20,
                    ),
                ),
                ("count", models.PositiveIntegerField()),
                ("total_minor", models.BigIntegerField()),
                ("prepared_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("handed_over_at", models.DateTimeField(null=True)),
                ("file_sha256", models.CharField(blank=True, default="", max_length=64)),
                ("reason", models.CharField(blank=True, default="", max_length=1000)),
                (
                    "handed_over_by",
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
                    "paying_account",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payouts.payingaccount",
                    ),
                ),
                (
                    "prepared_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "payouts_batch",
                "indexes": [
                    models.Index(
                        fields=["organisation", "-prepared_at"], name="payouts_bat_organis_ba2168_idx"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("count__gt", 0), ("total_minor__gt", 0)),
                        name="batch_pays_something",
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="payout",
            name="batch",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="payouts", to="payouts.payoutbatch"
            ),
        ),
        migrations.CreateModel(
            name="PayoutTerms",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("waiting_days", models.PositiveSmallIntegerField(default=3)),
                (
                    "organisation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="base.organisation"
                    ),
                ),
            ],
            options={
                "db_table": "payouts_terms",
            },
        ),
        migrations.AddIndex(
            model_name="payout",
            index=models.Index(
                fields=["organisation", "partner", "person"], name="payouts_pay_organis_af99b0_idx"
            ),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.UniqueConstraint(
                condition=models.Q(("person", None)),
                fields=("batch", "partner"),
                name="one_payout_per_batch_and_partner",
            ),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.UniqueConstraint(
                fields=("batch", "person"), name="one_payout_per_batch_and_person"
            ),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_minor__gt", 0)), name="payout_above_nought"
            ),
        ),
    ]
