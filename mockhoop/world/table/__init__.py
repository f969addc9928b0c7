"""Records by key, in order, with indexes: what a list needs is looked up, never searched for.

Every record has a position, and each indexed value has a bitmap of the positions that have it. A filter is then
the intersection of a few bitmaps, a count its length and a page a slice of it.
"""

from mockhoop.world.table.made import Index, Made, Places
from mockhoop.world.table.spec import Positions, TableSpec
from mockhoop.world.table.table import Table

__all__ = ["Index", "Made", "Places", "Positions", "Table", "TableSpec"]
