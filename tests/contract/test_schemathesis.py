"""A stranger holds the server to its contract: schemathesis in all its phases, with all its checks on.

Each contract is served in two modes of validation. What is found must be listed in ``deviations.py``, and the
other way round.
"""

import pytest
import schemathesis

from mockhoop.pipeline import Validation
from mockhoop.repertoire import Settings
from mockhoop.resources import spec_dir
from mockhoop.service import build

from .campaign import Campaign, run
from .deviations import DECIDED, DOWNLOADS, unexcused
from .supplies import surroundings

OUT_OF_REACH = {
    "GET /login": "people sign in with a password here, and not elsewhere",
    "GET /saml/login": "people sign in with a password here, and not elsewhere",
    "GET /callback": "nobody comes back from a sign-in elsewhere",
    "POST /saml/callback": "nobody comes back from a sign-in elsewhere",
    "POST /localauth/register": "only the first user signs up, and there are users",
    "POST /signup": "the gateway serves one organization",
    "POST /plugins": "all plugins are on from the beginning",
    "GET /sessions/{session_id}/rdp-frames": "no session was recorded over RDP",
    "GET /sessions/{session_id}/rdp-detections": "no session was recorded over RDP",
}
"""What cannot succeed in the world of a campaign, and why; integration tests show what of it can succeed elsewhere."""

# A campaign takes a minute of a free processor; the limit is for machines that have other work as well.
pytestmark = [pytest.mark.contract, pytest.mark.timeout(600)]

VARIANTS = [(contract, mode) for contract in ("hoop.yaml", "hoop-1.49.10.yaml") for mode in ("enforce", "report")]


@pytest.fixture(scope="module")
def campaign(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Campaign:
    contract, mode = request.param
    beside = tmp_path_factory.mktemp("contract") / "surroundings.yaml"
    beside.write_text(surroundings(contract))
    service = build(
        Settings(
            contract=spec_dir() / contract,
            scenarios=("default", str(beside)),
            validation=Validation(mode),
            check_responses=True,
        )
    )
    made = Campaign(contract, mode)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NO_PROXY", "127.0.0.1")
        run(made, service)
    return made


each_variant = pytest.mark.parametrize(
    "campaign", VARIANTS, ids=[" ".join(variant) for variant in VARIANTS], indirect=True
)


@each_variant
def test_nothing_is_found_but_the_listed_deviations(campaign: Campaign) -> None:
    assert [str(found) for found in unexcused(campaign.findings, campaign.expected)] == []


@each_variant
def test_every_listed_deviation_occurs_and_is_excused_by_its_own_entry_alone(campaign: Campaign) -> None:
    entries = campaign.expected
    idle = [
        entry.what
        for entry in entries
        if not unexcused(campaign.findings, [other for other in entries if other is not entry])
    ]
    assert idle == []


@each_variant
def test_what_is_decided_about_sessions_and_reviews_succeeded_many_times(campaign: Campaign) -> None:
    assert {key: campaign.succeeded(key) for key in DECIDED & campaign.operations if campaign.succeeded(key) < 20} == {}


@each_variant
def test_every_operation_succeeded_that_can(campaign: Campaign) -> None:
    never = {key for key in campaign.operations if not campaign.succeeded(key)}
    assert never == OUT_OF_REACH.keys() & campaign.operations


@each_variant
def test_downloads_were_tried_with_right_tokens_wrong_ones_and_none(campaign: Campaign) -> None:
    for operation in DOWNLOADS:
        met = {status for key, status in campaign.answers if key == operation}
        assert met >= {200, 401, 404}


@each_variant
def test_no_answer_breaks_the_contract_as_openapi_core_reads_it(campaign: Campaign) -> None:
    assert campaign.broken == []


@each_variant
def test_schemathesis_met_no_obstacle_and_has_no_warning(campaign: Campaign) -> None:
    assert campaign.errors == []


@each_variant
def test_every_phase_and_every_check_was_carried_out(campaign: Campaign) -> None:
    assert campaign.phases >= {"examples", "coverage", "fuzzing", "stateful"}
    assert campaign.checks == {*schemathesis.checks.CHECKS.get_all_names(), "max_response_time"}
