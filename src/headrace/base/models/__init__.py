"""What every room stands on: organisations, people, roles, the audit trail, jobs and approvals."""

from headrace.base.models.approvals import (
    ApprovalDecision,
    ApprovalLink,
    ApprovalRequest,
    ApprovalRule,
    ApprovalRuleStep,
    ApprovalStep,
    Delegation,
)
from headrace.base.models.core import (
    ApiAnswer,
    ApiKey,
    AuditEvent,
    Job,
    Mail,
    Organisation,
    Role,
    RoleGrant,
    SignInFailure,
    User,
    UserManager,
)

__all__ = [
    "ApiAnswer",
    "ApiKey",
    "ApprovalDecision",
    "ApprovalLink",
    "ApprovalRequest",
    "ApprovalRule",
    "ApprovalRuleStep",
    "ApprovalStep",
    "AuditEvent",
    "Delegation",
    "Job",
    "Mail",
    "Organisation",
    "Role",
    "RoleGrant",
    "SignInFailure",
    "User",
    "UserManager",
]
