"""What a world's journal tells: its exchanges in plain words, searched, and held against what was expected."""
