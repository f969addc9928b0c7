"""The control API under ``/__mockhoop``: everything that a scenario can say, over HTTP."""
