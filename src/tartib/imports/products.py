"""What files of products are called among imports, beside those of orders."""

from __future__ import annotations

from typing import Final

SHOPIFY: Final = "shopify-products"
WOOCOMMERCE: Final = "woocommerce-products"
TABLE: Final = "products"
PLATFORMS: Final = (SHOPIFY, WOOCOMMERCE, TABLE)
"""What may have written a file of products, by the names that an import has for it."""
CHANGED: Final = "changed"
"""Under this name a tally counts the products that were here and are another now."""


def of_products(platform: str) -> bool:
    """Whether files of that platform hold products, not orders."""
    return platform in PLATFORMS
