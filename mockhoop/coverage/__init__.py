"""How much of a contract was exercised: its points, what exchanges hit of them, counts that merge, and reports."""
