"""The keywords of schemas by what has to be looked at to hold a value against them."""

OF_ONE_VALUE = frozenset(
    (
        "enum",
        "const",
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "multipleOf",
        "minLength",
        "maxLength",
        "pattern",
        "format",
    )
)
"""Nothing but a value that has no parts; of other values they say nothing, but for ``enum`` and ``const``."""
COUNTING = frozenset(("minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties"))
"""A list or an object as a whole."""
ONE_WAY = frozenset(("readOnly", "writeOnly"))
"""Not even the value: whatever it is, it is not to be there in requests, or in responses."""
CHOOSING = frozenset(("anyOf", "oneOf", "not"))
"""A value as other schemas see it: what breaks one of these may be told in the words of one of those."""
LEADING_ELSEWHERE = ("$id", "id", "$schema", "discriminator")
"""What has other keywords, or references, mean something else."""
SAYING_NOTHING = frozenset(("description", "example", "externalDocs", "xml", "deprecated"))
"""Nothing: a dialect knows them, and no value breaks them."""
