"""What clients send about connections, resources and credentials, as the gateway decodes it."""

from collections.abc import Mapping
from typing import Any, Final

from mockhoop.gateway import gotypes as go
from mockhoop.gateway.decoding import decode
from mockhoop.gateway.gotypes import Field, Kind, Struct, Type
from mockhoop.gateway.records import Refusal

_OPTIONAL_INT: Final = Type("int", Kind.INT, pointer=True)
_OPTIONAL_BOOL: Final = Type("bool", Kind.BOOL, pointer=True)

_SHARED: Final = (
    Field("Command", "command", go.TEXTS),
    Field("SubType", "subtype", go.OPTIONAL_TEXT),
    Field("Secrets", "secret", go.ANY_MAP),
    Field("Reviewers", "reviewers", go.TEXTS),
    Field("RedactTypes", "redact_types", go.TEXTS),
    Field("Tags", "tags", go.TEXTS),
    Field("ConnectionTags", "connection_tags", go.TEXT_MAP),
    Field("GuardRailRules", "guardrail_rules", go.TEXTS),
    Field("JiraIssueTemplateID", "jira_issue_template_id", go.OPTIONAL_TEXT),
    Field("MandatoryMetadataFields", "mandatory_metadata_fields", go.TEXTS),
    Field("Attributes", "attributes", go.TEXTS),
    Field("MCPOAuthFlowID", "mcp_oauth_flow_id", go.OPTIONAL_TEXT),
)
_SWITCHES: Final = (
    ("AccessModeRunbooks", "access_mode_runbooks"),
    ("AccessModeExec", "access_mode_exec"),
    ("AccessModeConnect", "access_mode_connect"),
    ("AccessSchema", "access_schema"),
)
CONNECTION: Final = Struct(
    "Connection",
    "openapi",
    (
        Field("Name", "name", go.TEXT, required=True),
        Field("Type", "type", go.TEXT, required=True),
        Field("AgentId", "agent_id", go.TEXT, required=True),
        *(Field(go_name, name, go.TEXT, required=True) for go_name, name in _SWITCHES),
        *_SHARED,
        Field("ResourceName", "resource_name", go.TEXT),
        Field("RedactEnabled", "redact_enabled", go.BOOL),
        Field("ForceApproveGroups", "force_approve_groups", go.TEXTS),
        Field("AccessMaxDuration", "access_max_duration", _OPTIONAL_INT),
        Field("MinReviewApprovals", "min_review_approvals", _OPTIONAL_INT),
        Field("JitAccessDurationSec", "jit_access_duration_sec", _OPTIONAL_INT),
    ),
)
CONNECTION_PATCH: Final = Struct(
    "ConnectionPatch",
    "openapi",
    (
        Field("Type", "type", go.OPTIONAL_TEXT),
        Field("AgentId", "agent_id", go.OPTIONAL_TEXT),
        *(Field(go_name, name, go.OPTIONAL_TEXT) for go_name, name in _SWITCHES),
        *_SHARED,
        Field("RedactEnabled", "redact_enabled", _OPTIONAL_BOOL),
    ),
)
ROLE: Final = Struct(
    "ResourceRoleRequest",
    "openapi",
    (
        Field("Name", "name", go.TEXT, required=True),
        Field("Type", "type", go.TEXT, required=True),
        Field("SubType", "subtype", go.TEXT),
        Field("AgentID", "agent_id", go.TEXT),
        Field("Command", "command", go.TEXTS),
        Field("Secrets", "secret", go.ANY_MAP),
        Field("Attributes", "attributes", go.TEXTS),
    ),
)
RESOURCE: Final = Struct(
    "ResourceRequest",
    "openapi",
    (
        Field("Name", "name", go.TEXT, required=True),
        Field("Type", "type", go.TEXT, required=True),
        Field("SubType", "subtype", go.TEXT),
        Field("EnvVars", "env_vars", go.TEXT_MAP, required=True),
        Field("AgentID", "agent_id", go.TEXT),
        Field("Roles", "roles", Type("[]openapi.ResourceRoleRequest", Kind.LIST, ROLE.type())),
    ),
)
PLAN_ITEM: Final = Struct(
    "ResourcePlanItem",
    "openapi",
    (
        Field("ResourceName", "resource_name", go.TEXT),
        Field("Role", "role", go.TEXT, required=True),
        Field("Type", "type", go.TEXT, required=True),
        Field("Privileges", "privileges", go.TEXTS, required=True),
        Field("Scopes", "scopes", go.TEXTS, required=True),
    ),
)
APPLY_ITEM: Final = Struct(
    "ResourceApplyRequest",
    "openapi",
    (Field("ResourceName", "resource_name", go.TEXT), Field("SID", "sid", go.TEXT, required=True)),
)
PLANS: Final = Struct(
    "ResourcePlanRequest",
    "openapi",
    (Field("Items", "items", Type("[]openapi.ResourcePlanItem", Kind.LIST, PLAN_ITEM.type()), required=True),),
)
APPLICATIONS: Final = Struct(
    "ResourceApplyBatchRequest",
    "openapi",
    (Field("Items", "items", Type("[]openapi.ResourceApplyRequest", Kind.LIST, APPLY_ITEM.type()), required=True),),
)
CHECKUPS: Final = Struct(
    "ResourceHealthCheckBatchRequest", "openapi", (Field("Names", "names", go.TEXTS, required=True),)
)
MASKING: Final = Struct(
    "DataMaskingRuleConnectionRequest",
    "openapi",
    (Field("RuleID", "rule_id", go.TEXT), Field("Status", "status", go.TEXT, required=True)),
)
FEDERATION: Final = Struct(
    "ConnectionFederationConfig",
    "openapi",
    (
        Field("HookSource", "hook_source", go.TEXT, required=True),
        Field("BuiltinProvider", "builtin_provider", go.TEXT),
        Field("FallbackPolicy", "fallback_policy", go.TEXT),
        Field("IdentitySourceAttribute", "identity_source_attribute", go.TEXT),
        Field("IdentityTargetTemplate", "identity_target_template", go.TEXT),
        Field("TokenTTLSeconds", "token_ttl_seconds", go.INT),
        Field("ExtraConfig", "extra_config", go.ANY_MAP),
        Field("AdminCredentialsJSON", "admin_credentials_json", go.TEXT),
    ),
)
_CREDENTIALS: Final = Struct(
    "ConnectionCredentialsRequest", "openapi", (Field("AccessDurationSec", "access_duration_seconds", go.INT),)
)
_MASKINGS: Final = Struct(
    "masking", "openapi", (Field("Rules", "rules", Type("[]openapi.Masking", Kind.LIST, MASKING.type())),)
)


KINDS: Final = (
    "database",
    "application",
    "custom",
    "command-line",
    "postgres",
    "mysql",
    "mssql",
    "tcp",
    "httpproxy",
)
_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "type": KINDS,
    **{name: ("enabled", "disabled") for _, name in _SWITCHES},
    "hook_source": ("builtin",),
    "builtin_provider": ("gcp_iam", "gcp_oauth"),
    "fallback_policy": ("deny", "static"),
}
"""What some fields may say, also of roles and of federation."""


def word_refusal(told: Mapping[str, Any]) -> Refusal | None:
    """The 422 for the first field that says what it cannot say (our reading); "" and null say nothing."""
    for name, words in _WORDS.items():
        if (told.get(name) or words[0]) not in words:
            return Refusal(422, f"invalid {name} {told[name]}, expected one of [{' '.join(words)}]")
    return None


def read_duration(body: bytes) -> int | Refusal:
    """The seconds for which credentials are asked, 0 for ever; a body may be left out (section 6.6, our reading)."""
    told = decode(body, _CREDENTIALS) if body.strip() else {"access_duration_seconds": 0}
    return told if isinstance(told, Refusal) else max(0, int(told["access_duration_seconds"]))


def read_maskings(body: bytes) -> list[Mapping[str, Any]] | Refusal:
    """The rules of data masking of a connection, a bare list."""
    told = decode(b'{"rules":%b}' % body if body.strip() else body, _MASKINGS)
    return told if isinstance(told, Refusal) else list(told["rules"] or ())
