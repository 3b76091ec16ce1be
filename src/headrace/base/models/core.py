"""Organisation, users and the roles that were granted to them; the audit trail; work to be done later."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Organisation(models.Model):
    """A brand that runs programmes. All other data belongs to exactly one."""

    code = models.SlugField(unique=True)
    name = models.CharField(max_length=200)
    currency = models.CharField(max_length=3)
    time_zone = models.CharField(max_length=50, default="UTC")

    class Meta:
        db_table = "base_organisation"

    def __str__(self) -> str:
        return self.name

    @property
    def today(self) -> date:
        """The day by the organisation's own clock."""
        return timezone.now().astimezone(ZoneInfo(self.time_zone)).date()


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A person who may sign in; without a password, only after one was set."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser):
    """Someone who signs in by e-mail address. Roles, or being a person of a partner, say what they may do."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="users")
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200)
    language = models.CharField(max_length=5, default="en")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = UserManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        db_table = "base_user"

    def __str__(self) -> str:
        return self.name

    def has_role(self, *roles: str) -> bool:
        """True where one of the roles is granted and not revoked."""
        return self.roles_held().intersection(roles) != set()

    def roles_held(self) -> set[str]:
        return {grant.role for grant in self.role_grants.all() if grant.revoked_at is None}


class Role(models.TextChoices):
    """What a person at the brand may do. People of partners have none of these."""

    CHANNEL_MANAGER = "channel_manager", _("Channel manager")
    APPROVER = "approver", _("Approver")
    FINANCE = "finance", _("Finance")
    SENIOR_MANAGEMENT = "senior_management", _("Senior management")


class RoleGrant(models.Model):
    """A role given to a user: who gave it and when; revoked, never deleted."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="role_grants")
    role = models.CharField(max_length=40, choices=Role.choices)
    granted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    granted_at = models.DateTimeField(default=timezone.now)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "base_role_grant"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["user", "role"], condition=models.Q(revoked_at=None), name="one_open_grant_per_role"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}"


class AuditEvent(models.Model):
    """Something a person or the system did: one row in the same transaction as the change itself."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now, db_index=True)
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=120)
    details = models.JSONField(default=dict)

    class Meta:
        db_table = "base_audit_event"
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["organisation", "subject"])]

    def __str__(self) -> str:
        return f"{self.action} {self.subject}"


class SignInFailure(models.Model):
    """A wrong password: enough of them within a quarter of an hour, and signing in is locked for a while.

    Belongs to no organisation: the address may be nobody's.
    """

    email = models.CharField(max_length=254, db_index=True)
    address = models.CharField(max_length=45, db_index=True)
    at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        db_table = "base_sign_in_failure"

    def __str__(self) -> str:
        return f"{self.email} from {self.address}"


class Job(models.Model):
    """Work that was asked for in the transaction of the change that needs it, and is done after it, once.

    It waits until `wanted_at`. A worker that claims it holds it until `lease_until`; whoever lets the lease run
    out has died, so another may claim it. Of a kind and key that are not empty only one waits at a time.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=120, blank=True, default="")
    payload = models.JSONField(default=dict)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    wanted_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    worker = models.CharField(max_length=100, blank=True, default="")
    lease_until = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    # Given up after too many attempts: somebody has to look at it.
    set_aside_at = models.DateTimeField(null=True)
    problem = models.TextField(blank=True, default="")
    # How far a long one is: {"done": 40000, "of": 100000}.
    progress = models.JSONField(default=dict)

    class Meta:
        db_table = "base_job"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["wanted_at"],
                condition=models.Q(done_at=None, set_aside_at=None),
                name="jobs_still_to_be_done",
            )
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["organisation", "kind", "key"],
                condition=models.Q(done_at=None, set_aside_at=None, worker="") & ~models.Q(key=""),
                name="one_waiting_job_per_key",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Mail(models.Model):
    """A message that was asked for in the transaction of the change that it tells of, and is sent after it.

    It stays as it was asked for; only what became of it is noted. Given up, somebody has to look at it.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    to = models.EmailField()
    language = models.CharField(max_length=5)
    subject = models.CharField(max_length=300)
    body = models.TextField()
    # What it is about, as "sales.report_is_late", and of what, as the audit trail names it.
    kind = models.CharField(max_length=60)
    subject_ref = models.CharField(max_length=120)
    key = models.CharField(max_length=200)
    # Stays the same however often it is sent.
    message_id = models.CharField(max_length=300)
    asked_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    problem = models.TextField(blank=True, default="")

    class Meta:
        db_table = "base_mail"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["organisation", "-asked_at"]),
            models.Index(fields=["organisation", "subject_ref"]),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organisation", "key"], name="one_mail_per_key"),
            models.CheckConstraint(
                condition=models.Q(sent_at=None) | models.Q(given_up_at=None), name="mail_sent_or_given_up"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.to}"


class ApiKey(models.Model):
    """What a program of the brand or of a partner signs in with: shown once, kept as a hash, revoked, never deleted."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    MARK = "hr"

    # Who sends with it, as "Till of the shop in Turin"; what comes in names it as its source.
    name = models.CharField(max_length=100)
    # The part that names the key; the rest is secret.
    prefix = models.CharField(max_length=12, unique=True)
    sha256 = models.CharField(max_length=64)
    scopes = models.JSONField(default=list)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    last_used_on = models.DateField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "base_api_key"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["organisation", "name"],
                condition=models.Q(revoked_at=None),
                name="one_valid_key_per_name",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def start(self) -> str:
        """How its token begins, by which people tell it apart."""
        return f"{self.MARK}_{self.prefix}"


class ApiAnswer(models.Model):
    """What was answered to a request with an idempotency key: the same request again gets it again."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    api_key = models.ForeignKey(ApiKey, on_delete=models.PROTECT, related_name="+")
    idempotency_key = models.CharField(max_length=200)
    # Of method, address and body.
    request_sha256 = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    body = models.TextField()
    answered_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "base_api_answer"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["organisation", "api_key", "idempotency_key"], name="one_answer_per_idempotency_key"
            )
        ]

    def __str__(self) -> str:
        return self.idempotency_key
