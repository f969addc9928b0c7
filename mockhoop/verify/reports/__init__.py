"""The report of a verification: as text, JUnit XML, JSON, and one page of HTML."""
