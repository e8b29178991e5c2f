"""How long browsers and shared caches, such as a CDN, may hold what is public: for a minute, and
for another one while they ask for it anew (RFC 9111, RFC 5861)."""

SECONDS = 60
PUBLIC = f"public, max-age={SECONDS}, stale-while-revalidate={SECONDS}"
