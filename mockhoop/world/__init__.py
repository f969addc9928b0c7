"""One isolated universe: its state, its clock and its chance."""
