"""Numbers as text: the metric's decimals, three for a p value, thousands apart, a true minus."""

from repool.words.names import METRICS

MINUS = "\N{MINUS SIGN}"
SCORE, COUNT, P_VALUE, RATIO, PLAIN = "score", "count", "p", "ratio", "plain"
SMALLEST_P = 0.001


def numeral(value: float, style: str, metric: str = "") -> str:
    """The text of a number in one of the styles above."""
    if style == P_VALUE:
        return f"< {SMALLEST_P}" if value < SMALLEST_P else f"{value:.3f}"
    if style == COUNT:
        text = f"{value:,.0f}"
    elif style == RATIO:
        text = f"{value:,.2f}"
    elif style == SCORE and metric in METRICS:
        text = f"{value:,.{METRICS[metric].decimals}f}"
    else:
        text = f"{value:,.6g}"
    if text.startswith("-") and not any(digit in text for digit in "123456789"):
        return text[1:]
    return text.replace("-", MINUS) if "e" not in text else text
