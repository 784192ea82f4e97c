"""WooCommerce's product export: a row for each product, and for each variation of one."""

from store.imports.woocommerce.rows import WooCommerceFormat

__all__ = ["WooCommerceFormat"]
