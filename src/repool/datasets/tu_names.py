"""Names of the TU collection (Morris et al., 2020) whose graphs have classes: a name alone declares one of them."""

from typing import Any

ADDRESS = "https://www.chrsmrrs.com/graphkerneldatasets/{name}.zip"
# fmt: off
NAMES = frozenset({
    "AIDS", "BZR", "BZR_MD", "COIL-DEL", "COIL-RAG", "COLLAB", "COLORS-3", "COX2", "COX2_MD", "Cuneiform", "DBLP_v1",
    "deezer_ego_nets", "DHFR", "DHFR_MD", "ENZYMES", "ER_MD", "Fingerprint", "FIRSTMM_DB", "FRANKENSTEIN",
    "github_stargazers", "IMDB-BINARY", "IMDB-MULTI", "KKI", "Letter-high", "Letter-low", "Letter-med", "MCF-7",
    "MCF-7H", "MOLT-4", "MOLT-4H", "MSRC_21", "MSRC_21C", "MSRC_9", "Mutagenicity", "NCI-H23", "NCI-H23H", "OHSU",
    "OVCAR-8", "OVCAR-8H", "P388", "P388H", "PC-3", "PC-3H", "Peking_1", "PROTEINS_full", "PTC_FM", "PTC_FR",
    "PTC_MM", "PTC_MR", "REDDIT-BINARY", "REDDIT-MULTI-12K", "REDDIT-MULTI-5K", "reddit_threads", "SF-295", "SF-295H",
    "SN12C", "SN12CH", "SW-620", "SW-620H", "SYNTHETIC", "SYNTHETICnew", "Synthie", "TRIANGLES", "twitch_egos",
    "TWITTER-Real-Graph-Partial", "UACC257", "UACC257H", "Yeast", "YeastH",
})
# fmt: on


def declaration(name: str) -> dict[str, Any]:
    """What declares a dataset of the collection, as `config/datasets.yaml` would."""
    return {"format": "tu", "task": "classification", "url": ADDRESS.format(name=name)}
