"""What people said about merchants, kept by what identifies a merchant on a receipt."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from rpiocr.model.fields import TaxId

MIN_PHONE_DIGITS = 7
"""Minimum number of digits of a phone number that counts: shorter ones are extensions, or numbers of services."""

SHARED_NAMES = frozenset(
    {
        *("gmail", "googlemail", "hotmail", "outlook", "yahoo", "icloud", "gmx", "protonmail", "aol", "yandex", "zoho"),
        *("amazon", "ebay", "etsy", "aliexpress", "alibaba", "temu", "allegro", "rakuten", "mercadolibre", "lazada"),
        *("shopee", "facebook", "instagram", "google", "youtube", "twitter", "tiktok", "linkedin", "whatsapp"),
        *("tripadvisor", "trustpilot", "yelp", "lieferando", "deliveroo", "ubereats", "doordash", "paypal", "sumup"),
    }
)
"""Parts of the domains of mail providers, marketplaces and social networks, whatever country they end with."""

SHARED_DOMAINS = frozenset(
    {
        *("web.de", "t-online.de", "freenet.de", "mail.ru", "mail.com", "live.com", "me.com", "msn.com", "qq.com"),
        *("163.com", "126.com", "naver.com", "daum.net", "orange.fr", "free.fr", "libero.it", "bluewin.ch", "wp.pl"),
        *("o2.pl", "onet.pl", "seznam.cz", "proton.me", "pm.me", "t.me", "x.com", "bit.ly", "goo.gl", "linktr.ee"),
    }
)
"""The same for names that others have as a part of theirs."""

DOMAIN = re.compile(r"[^\W_](?:[\w-]*[^\W_])?(?:\.[^\W_](?:[\w-]*[^\W_])?)+")

NO_DIGIT = re.compile(r"[^0-9]+")

REMEMBERED = ("merchant", "category", "account")
"""What can be known of a merchant: its name, the category of its purchases, and the account for them in exports."""


class KeyKind(StrEnum):
    """What identifies a merchant, the surest first."""

    TAX = "tax"
    PHONE = "phone"
    DOMAIN = "domain"


KINDS = tuple(KeyKind)


@dataclass(frozen=True, slots=True)
class MerchantKey:
    """Something that identifies a merchant.

    ``value`` is the country, the kind and the number of a tax number, with colons between them; the digits of a phone
    number; or a domain in lower case, without ``www.``.
    """

    kind: KeyKind
    value: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.value}"

    @property
    def in_words(self) -> str:
        """The key for people, such as ``tax number DE vat 811128135``."""
        names = {KeyKind.TAX: "tax number", KeyKind.PHONE: "phone number", KeyKind.DOMAIN: "website"}
        value = self.value.replace(":", " ") if self.kind is KeyKind.TAX else self.value
        return f"{names[self.kind]} {value}"


@dataclass(frozen=True, slots=True)
class Statement:
    """What a person said about the merchant with a key: the ``value`` of one of REMEMBERED.

    ``printed`` is how the name was printed on the receipt on which the person said so, and ``receipt_id`` that receipt;
    both are None for what was said of the key itself.
    """

    key: MerchantKey
    field: str
    value: str
    printed: str | None
    receipt_id: int | None
    said_at: dt.datetime

    def as_mapping(self) -> Mapping[str, object]:
        """Return it for scripts, without its key."""
        said = {"field": self.field, "value": self.value, "printed": self.printed, "receipt": self.receipt_id}
        return said | {"said_at": self.said_at.isoformat()}


def keys_of(tax_ids: Iterable[TaxId], phone: str | None, website: str | None) -> tuple[MerchantKey, ...]:
    """Return what identifies the merchant of a receipt, the surest first.

    Left out are tax numbers whose check digits are wrong, phone numbers of fewer than MIN_PHONE_DIGITS digits, and
    domains that many merchants share.
    """
    return tuple(dict.fromkeys(_keys(tax_ids, phone, website)))


def _keys(tax_ids: Iterable[TaxId], phone: str | None, website: str | None) -> Iterator[MerchantKey]:
    for one in tax_ids:
        if one.valid is not False and one.kind and one.country:
            yield tax_key(one.country, one.kind, one.number)
    found = (phone_key(phone) if phone else None, domain_key(website) if website else None)
    yield from filter(None, found)


def tax_key(country: str, kind: str, number: str) -> MerchantKey:
    """Return the key of a tax number."""
    return MerchantKey(KeyKind.TAX, f"{country.upper()}:{kind.lower()}:{plain(number).upper()}")


def phone_key(phone: str) -> MerchantKey | None:
    """Return the key of a phone number; None if it is too short."""
    digits = NO_DIGIT.sub("", phone)
    return MerchantKey(KeyKind.PHONE, digits) if len(digits) >= MIN_PHONE_DIGITS else None


def domain_key(website: str) -> MerchantKey | None:
    """Return the key of a domain; None if it is none, or one that many merchants share."""
    domain = website.casefold().removeprefix("www.")
    parts = domain.split(".")
    shared = {".".join(parts[at:]) for at in range(len(parts))}
    if not DOMAIN.fullmatch(domain) or shared & SHARED_DOMAINS or SHARED_NAMES.intersection(parts):
        return None
    return MerchantKey(KeyKind.DOMAIN, domain)


def plain(text: str) -> str:
    """Return the letters and digits of a text, without regard to case."""
    return "".join(char for char in text.casefold() if char.isalnum())
