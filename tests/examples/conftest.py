"""The examples are projects of their own, whose tests run as their users run them."""

collect_ignore = ["consumer"]
