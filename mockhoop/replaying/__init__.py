"""Playing journals: against fresh worlds, whole or cut down to what a failure needs."""
