"""Founding an organisation, letting people in, and what people change about themselves."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email, validate_slug
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from headrace.base.audit import record
from headrace.base.models import Organisation, Role, RoleGrant, User
from headrace.kernel.currency import is_currency


@transaction.atomic
def found_organisation(*, code: str, name: str, currency: str) -> Organisation:
    """A new brand. Raises ValidationError where the code is taken or no short name, or the currency unknown."""
    validate_slug(code)
    if not is_currency(currency):
        raise ValidationError(
            _("%(code)s is no currency; right would be a code as EUR.") % {"code": currency}
        )
    if Organisation.objects.filter(code=code).exists():
        raise ValidationError(_("There is an organisation %(code)s already.") % {"code": code})
    organisation = Organisation.objects.create(code=code, name=name, currency=currency)
    record(organisation=organisation, action="organisation.found", subject=f"organisation:{organisation.pk}")
    return organisation


@transaction.atomic
def admit_user(
    *, organisation: Organisation, email: str, name: str, password: str, by: User | None = None
) -> User:
    """Lets a person sign in. Raises ValidationError for a taken or wrong address, or a weak password."""
    email = email.strip().lower()
    validate_email(email)
    if User.objects.filter(email=email).exists():
        raise ValidationError(_("%(email)s may sign in already.") % {"email": email})
    validate_password(password, User(email=email, name=name))
    user = User.objects.create_user(email, password, organisation=organisation, name=name)
    record(organisation=organisation, action="user.admit", subject=f"user:{user.pk}", user=by)
    return user


@transaction.atomic
def grant_role(*, user: User, role: Role, by: User | None = None) -> RoleGrant:
    """Gives a person at the brand a role; one that is held already stays as it is.

    `by` None: whoever runs the machine. Raises ValidationError where somebody gives it to themself: what a role is
    good for in approvals depends on who gave it.
    """
    if by is not None and by.pk == user.pk:
        raise ValidationError(_("Nobody gives a role to themself; somebody else has to."))
    held = RoleGrant.objects.filter(user=user, role=role, revoked_at=None).first()
    if held is not None:
        return held
    grant = RoleGrant.objects.create(organisation=user.organisation, user=user, role=role, granted_by=by)
    record(organisation=user.organisation, action="role.grant", subject=f"user:{user.pk}", user=by, role=role)
    return grant


@transaction.atomic
def revoke_role(*, user: User, role: Role, by: User | None = None) -> None:
    """Takes a role away; what was done by it stands. Where it is not held, nothing happens."""
    if RoleGrant.objects.filter(user=user, role=role, revoked_at=None).update(revoked_at=timezone.now()):
        record(
            organisation=user.organisation,
            action="role.revoke",
            subject=f"user:{user.pk}",
            user=by,
            role=role,
        )


@transaction.atomic
def set_language(*, user: User, language: str) -> None:
    """From now on the person reads screens, statements and messages in `language`."""
    user.language = language
    user.save(update_fields=["language"])
    record(
        organisation=user.organisation,
        action="user.set_language",
        subject=f"user:{user.pk}",
        user=user,
        language=language,
    )
