"""Nobody types a result: every number on the page and in the PDF comes from a table."""

import re

import pytest
import yaml
from made_page import ROOT

REPORT = ROOT / "report"
SCORE = re.compile(r"\d+[.,]\d+|\d+\s*\\?%|±\s*\d")
FILLED = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<[^>]*>", re.DOTALL)
FILLED_TEX = re.compile(r"\\(?:VAR|BLOCK|REMARK)\{(?:[^{}]|\{[^{}]*\})*\}|^%.*$", re.MULTILINE)
LENGTH = re.compile(r"\d*\.?\d+ ?(?:pt|in|em|ex|cm|\\[a-z]+)")
# The paper's own parameter of the Bernoulli variant, in the words that describe it.
PARAMETERS = {"0.3"}


def settings() -> set[str]:
    """Numbers of the configuration: thresholds, margins, and those that a claim of the paper names."""
    texts = [(ROOT / "config" / "paper.yaml").read_text()]
    texts.append(yaml.safe_dump(yaml.safe_load((ROOT / "config" / "published.yaml").read_text()).get("claims", "")))
    claims = ROOT / "config" / "claims.yaml"
    texts += [claims.read_text()] if claims.exists() else []
    return {number for text in texts for number in re.findall(r"\d+\.\d+", text)}


def literals(name: str, text: str) -> list[str]:
    """What looks like a score in a template."""
    text = LENGTH.sub(" ", FILLED_TEX.sub(" ", text)) if name.endswith(".tex.j2") else FILLED.sub(" ", text)
    return SCORE.findall(text)


@pytest.mark.parametrize("template", sorted((REPORT / "templates").rglob("*.j2")), ids=lambda path: path.name)
def test_a_template_holds_no_literal_result(template):
    assert literals(template.name, template.read_text()) == []


@pytest.mark.parametrize("text", sorted((REPORT / "captions").iterdir()), ids=lambda path: path.name)
def test_a_caption_holds_no_number_but_those_of_the_configuration(text):
    words = re.sub(r"[Ss]ection \d(\.\d)?", " ", text.read_text())
    found = re.findall(r"\d+\.\d+|\d+\s*%|±\s*\d+", words)
    assert set(found) <= settings() | PARAMETERS


def test_a_typed_score_would_be_found():
    assert literals("page.html.j2", "<p>GRACLUS reaches 80.1 ± 1.6 {{ x }}</p>") == ["80.1", "± 1"]
    assert literals("page.tex.j2", r"\VAR{a.b} 71\% \hspace{2.5pt} L{.36\linewidth}") == ["71\\%"]
    assert literals("page.html.j2", '{{ "80.1" }} <td style="width: 1.5em">Table 3</td>') == []
