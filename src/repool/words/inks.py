"""The inks of figures that are no method's colour: on the page they follow its scheme, light or dark."""

INK = "#222222"
GRID = "#dddddd"
# A field of a picture without a value.
EMPTY = "#e4e4e4"
