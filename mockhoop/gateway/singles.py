"""Things of which an organisation has one or none: the integration with Jira, the AI provider, its key.

What is kept of them and how they are refused is our reading; that Jira is null and the provider is 404 where nobody has
set them up is in the sheets (8.5 of behaviour, 2d of clients).
"""

from dataclasses import dataclass
from typing import Final

from mockhoop.gateway import gotypes as go
from mockhoop.gateway.gotypes import Field, Struct
from mockhoop.gateway.records import Refusal

NOT_FOUND: Final = Refusal(404, "not found")


@dataclass(frozen=True, slots=True, kw_only=True)
class Single:
    """One such thing: where it is, the schema that shows it, its names there in order, and how it is told.

    ``missing`` is what is said where there is none, None for JSON null; ``taken`` what is said to somebody who makes
    it a second time, None where that replaces it; ``gone`` what is said to somebody who removes it a second time, None
    where that is fine. ``struct`` is None where nothing is told.
    """

    template: str
    schema: str
    names: tuple[str, ...]
    missing: Refusal | None
    taken: Refusal | None
    made: int
    gone: Refusal | None = None
    struct: Struct | None = None


JIRA: Final = Single(
    template="/integrations/jira",
    schema="openapi.JiraIntegration",
    names=("id", "org_id", "url", "user", "api_token", "status", "created_at", "updated_at"),
    missing=None,
    taken=Refusal(409, "jira integration already exists"),
    made=201,
    struct=Struct(
        "JiraIntegration",
        "openapi",
        (
            Field("URL", "url", go.TEXT, required=True),
            Field("User", "user", go.TEXT, required=True),
            Field("APIToken", "api_token", go.TEXT, required=True),
            Field("Status", "status", go.named_text("openapi.JiraIntegrationStatus")),
        ),
    ),
)
PROVIDER: Final = Single(
    template="/ai/session-analyzer/providers",
    schema="openapi.AIProviderResponse",
    names=("id", "provider", "model", "api_url", "api_key", "created_at", "updated_at"),
    missing=NOT_FOUND,
    taken=None,
    made=200,
    gone=NOT_FOUND,
    struct=Struct(
        "AIProviderRequest",
        "openapi",
        (
            Field("Provider", "provider", go.TEXT, required=True),
            Field("ApiUrl", "api_url", go.OPTIONAL_TEXT),
            Field("ApiKey", "api_key", go.OPTIONAL_TEXT),
            Field("Model", "model", go.TEXT, required=True),
        ),
    ),
)
ORGANIZATION_KEY: Final = Single(
    template="/orgs/keys",
    schema="openapi.OrgKeyResponse",
    names=("id", "key"),
    missing=NOT_FOUND,
    taken=Refusal(409, "the organization has a key already"),
    made=201,
)
SINGLES: Final = (JIRA, PROVIDER, ORGANIZATION_KEY)
