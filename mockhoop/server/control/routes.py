"""Which handler carries out which operation of ``spec/control.yaml``."""

from collections.abc import Mapping

from mockhoop.server.control import clock, faults, identity, journal, scenario, snapshots, state, worlds
from mockhoop.server.control.calls import Handler

HANDLERS: Mapping[str, Handler] = {
    "health": worlds.health,
    "version": worlds.version,
    "settings": worlds.settings,
    "scenarios": worlds.scenarios,
    "worlds": worlds.worlds,
    "world": worlds.world,
    "putWorld": worlds.put_world,
    "dropWorld": worlds.drop_world,
    "resetWorld": worlds.reset_world,
    "worldSettings": worlds.world_settings,
    "changeWorldSettings": worlds.change_world_settings,
    "clock": clock.clock,
    "changeClock": clock.change_clock,
    "advanceClock": clock.advance_clock,
    "scenario": scenario.scenario,
    "enterState": scenario.enter_state,
    "trigger": scenario.trigger,
    "perform": scenario.perform,
    "identity": identity.identity,
    "faults": faults.faults,
    "addFault": faults.add_fault,
    "dropFaults": faults.drop_faults,
    "dropFault": faults.drop_fault,
    "records": state.records,
    "record": state.record,
    "putRecord": state.put_record,
    "changeRecord": state.change_record,
    "dropRecord": state.drop_record,
    "snapshots": snapshots.snapshots,
    "saveSnapshot": snapshots.save_snapshot,
    "exportSnapshot": snapshots.export_snapshot,
    "importSnapshot": snapshots.import_snapshot,
    "dropSnapshot": snapshots.drop_snapshot,
    "restoreSnapshot": snapshots.restore_snapshot,
    "journal": journal.journal,
    "exportJournal": journal.export_journal,
    "clearJournal": journal.clear_journal,
    "searchJournal": journal.search_journal,
    "waitForExchanges": journal.wait_for_exchanges,
    "nearestExchanges": journal.nearest_exchanges,
    "feed": journal.feed,
}
"""By ``operationId``."""

ALTERING = frozenset(
    {
        "putWorld",
        "resetWorld",
        "changeWorldSettings",
        "changeClock",
        "enterState",
        "trigger",
        "perform",
        "addFault",
        "dropFaults",
        "dropFault",
        "putRecord",
        "changeRecord",
        "dropRecord",
        "restoreSnapshot",
        "clearJournal",
    }
)
"""What has a world go on otherwise than its calls and its time would, so that its journal begins anew in a file."""
