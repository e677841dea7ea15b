"""One text, and one hash, for one meaning."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any


def canonical(value: Any) -> str:
    """Compact JSON with sorted keys."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def digest(value: Any) -> str:
    """SHA-256 of the canonical form, in hexadecimal."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def sealed(content: Mapping[str, Any], seal: str) -> dict[str, Any]:
    """The content with the digest of all its other keys under the key `seal`; an older one is replaced."""
    rest = {key: value for key, value in content.items() if key != seal}
    return {**rest, seal: digest(rest)}
