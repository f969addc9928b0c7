"""Bodies of every media type: values written as bytes, and bytes read as values.

``mockhoop.media.bodies`` has the doors: ``write`` and ``read``.
"""
