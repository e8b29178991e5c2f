"""What the web application needs to know about where it runs.

The environment itself is read and checked by `performance_store.settings`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

CHECKOUT = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of one application.

    `data_home` is the folder for what may be thrown away and made again (cache, compressed
    files). `redis_url` None means that the cache lives there too. `trusted_proxies` is how many
    proxies in front of us may say who the client is and whether it came over TLS.
    `entity_api_url` is where the places on maps come from; None means that there are none.
    `metrics_token` is who may read `/metrics`; None means this machine alone. `per_minute` is how
    often one client may ask for what a blueprint serves; what is not in it has no limit.
    `embed_sites` may show our pages inside theirs. `maintenance_message` is shown on every page.
    Data of more days ago than `data_old_days` are told to be old (0: never).
    """

    data_home: Path
    redis_url: str | None = None
    trusted_proxies: int = 0
    entity_api_url: str | None = None
    metrics_token: str | None = None
    per_minute: Mapping[str, int] = field(default_factory=dict)
    embed_sites: tuple[str, ...] = ()
    maintenance_message: str = ""
    data_old_days: int = 3
    assets_folder: Path = CHECKOUT / "assets"
    node_modules: Path = CHECKOUT / "node_modules"
