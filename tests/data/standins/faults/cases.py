"""The corpus: what a vendor does wrong, and how a careful client ends.

`ends` is one of

``failed``       a typed error of the way to the vendor; nothing of the answer was believed
``deferred``     the vendor says "too fast" for ever: another time
``quarantined``  the answer is kept aside with a reason
``doubted``      nothing is stored, or what is stored is marked incomplete: a gap, asked for again
``same``         harmless: the store is as from a healthy vendor
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["CASES", "Case"]


@dataclass(frozen=True)
class Case:
    """One fault: its name for `FaultServer`, how an update ends, a pattern of the reason."""

    name: str
    ends: str
    reason: str = ""


CASES = (
    # The way to the vendor
    Case("refused", "failed", "cannot be reached"),
    Case("bad_tls", "failed", "certificate"),
    Case("stall", "failed", "silent"),
    Case("drip", "failed", "did not finish"),
    Case("broken_off", "failed", "broke"),
    Case("html_502", "failed", "502"),
    Case("html_200", "failed", "expected JSON"),
    Case("empty_body", "failed", "expected JSON"),
    Case("truncated", "failed", "expected JSON"),
    Case("redirect_loop", "failed", "elsewhere"),
    Case("too_many", "deferred", "429"),
    Case("rate_words", "deferred", "每分钟最多访问"),
    # Floods
    Case("gzip_bomb", "quarantined", "at most .* bytes"),
    Case("flood", "quarantined", "at most .* bytes"),
    Case("announced_flood", "quarantined", "at most .* bytes"),
    # No answer at all
    Case("text_code", "failed", "code"),
    Case("no_code", "failed", "code"),
    Case("true_code", "failed", "code"),
    Case("no_data", "failed", "without data"),
    Case("list_on_top", "failed", "JSON object"),
    Case("deep", "failed", "JSON"),
    Case("mixed_encodings", "failed", "UTF-8"),
    Case("twice_keyed", "quarantined", "twice"),
    Case("nan_token", "quarantined", "NaN"),
    # Tables of another shape
    Case("data_list", "quarantined", "fields"),
    Case("fewer_columns", "quarantined", "close"),
    Case("renamed_column", "quarantined", "close"),
    Case("twice_named", "quarantined", "twice"),
    Case("ragged_rows", "quarantined", "rows of"),
    Case("extra_values", "quarantined", "rows of"),
    # Values that cannot be
    Case("text_number", "quarantined", "twelve"),
    Case("grouped_number", "quarantined", "number"),
    Case("truth_number", "quarantined", "number"),
    Case("nested_number", "quarantined", "number"),
    Case("infinite", "quarantined", "finite|inf"),
    Case("huge_integer", "failed", "digits|expected JSON"),
    Case("negative_price", "quarantined", "close"),
    Case("zero_price", "quarantined", "open"),
    Case("high_below_low", "quarantined", "low"),
    # Rows of something else
    Case("duplicates", "quarantined", "once|two rows"),
    Case("future_days", "quarantined", "2099"),
    Case("other_day", "quarantined", "asked for trade_date"),
    Case("other_zone", "quarantined", "day|date"),
    Case("other_symbols", "quarantined", "not listed"),
    Case("bad_symbols", "quarantined", "code"),
    Case("page_loop", "quarantined", "narrow|cut|repeat"),
    # True-looking answers that are not the truth
    Case("nothing_today", "doubted", "no row"),
    Case("part_of_day", "doubted", ""),
    Case("split_flip", "quarantined", "left the closes before"),
    Case("hands_for_shares", "quarantined", "amount|vwap"),
    Case("unsorted_rows", "same"),
)
