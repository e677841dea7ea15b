"""The words that tables, figures and pages share: names, and numbers as text."""
