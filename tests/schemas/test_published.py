from pathlib import Path

import pytest

from repool.analysis.published import Published
from repool.errors import UserError
from repool.schemas.published import read_published

CONFIG = Path(__file__).parents[2] / "config"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("tabel_1: {}", r"tabel_1 is not a key of .*published\.yaml\. Did you mean table_1\?"),
        ("table_1: {gin: {NCI1: 80.0}}", r"table_1\.gin\.NCI1: a list belongs here, found 80\.0"),
        ("table_1: {gin: {NCI1: [80.0]}}", r"table_1\.gin\.NCI1: .*at least 2 items"),
        ("table_1: {gin: {NCI1: [80.0, x]}}", r"table_1\.gin\.NCI1\[1\]: .*number, found x"),
        ("table_1: {gin: {NCI1: [null, 1.0]}}", r"table_1\.gin\.NCI1: a mean is missing\. Write null for the whole"),
        ("table_1: {gin: {NCI1: [1.0, -80.0]}}", r"table_1\.gin\.NCI1: -80\.0 is not a standard deviation"),
        ("table_1: {gin: {NCI1: [.nan, 1.0]}}", r"table_1\.gin\.NCI1\[0\]: .*finite number"),
        ("table_1: {gin: {source: quotd}}", r"quotd is not a value of .*table_1\.gin\.source\. Did you mean quoted\?"),
        ("table_1: {gin: null}", r"table_1\.gin: a mapping"),
        ("table_1: {'a b': {}}", r"table_1: 'a b' cannot be the name of a method"),
        ("table_2: {gin: {NCI1: {one: 1.0, mnay: 2.0}}}", r"mnay is not a key of .*NCI1\. Did you mean many\?"),
        ("table_s1: {NCI1: {grphs: 3}}", r"grphs is not a key of .*table_s1\.NCI1\. Did you mean graphs\?"),
        ("table_s3: {NCI1: {layers: 1.0, hidden: 1, batch: 1}}", r"table_s3\.NCI1\.layers: .*integer, found 1\.0"),
        ("epoch_times: {gmn: {SMNIST: 10}}", r"epoch_times\.gmn\.SMNIST: .*less than or equal to 1"),
        ("appendix_c: {gmn: {invariant: maybe, by: ''}}", r"appendix_c\.gmn\.invariant: .*boolean, found maybe"),
        ("claims: [{id: a, syas: b}]", r"syas is not a key of .*claims\[0\]\. Did you mean says\?"),
        ("claims: [{id: a, says: b}, {id: a, says: c}]", r"the claim a stands twice"),
        ("contradictions: [{says: x, claims: [a], datasets: [NCI1], methods: [gin]}]", r"a is not a claim \(contra"),
        ("[]", r"published\.yaml: a mapping"),
        ("table_1: {}\ntable_1: {}", r"line 2: the key table_1 stands twice"),
    ],
)  # fmt: skip
def test_a_mistake_in_the_papers_numbers(tmp_path, text, message):
    (tmp_path / "published.yaml").write_text(text)
    with pytest.raises(UserError, match=message):
        read_published(tmp_path / "published.yaml")


@pytest.mark.parametrize(
    ("method", "dataset", "table"),
    [("graclus", "NCI1", "table_1"), ("mincut-random", "IMDB-B", "table_s5"), ("gmn", "NCI1", "table_2")],
)
def test_an_artifact_of_this_project_takes_a_number_from_where_the_paper_prints_it(method, dataset, table):
    score = Published(CONFIG / "published.yaml").score("released_code", method, dataset)
    assert score.table == table


def test_the_numbers_that_the_paper_prints():
    paper = Published(CONFIG / "published.yaml")
    score = paper.score("table_s5", "diffpool-v2-normal", "PROTEINS")
    assert (score.mean, score.std) == (74.6, 4.0)
    assert paper.score("table_s5", "mincut", "NCI109").mean is None
    assert (paper.score("table_1", "gin", "NCI1").source, paper.score("table_1", "graclus", "NCI1").source) == (
        "quoted",
        "own",
    )
    assert paper.statistics()["NCI1"]["avg_edges"] == "32.30"
