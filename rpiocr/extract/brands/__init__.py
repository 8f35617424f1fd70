"""Brands of shops, restaurants and other sellers that receipts name, as evidence for the merchant."""

from rpiocr.extract.brands.lookup import BrandHit, find_brands

__all__ = ["BrandHit", "find_brands"]
