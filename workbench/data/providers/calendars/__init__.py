"""Calendars that need no network: New York's, and a seed for Shanghai and Shenzhen.

Massive publishes upcoming holidays only, so the sessions of the past must come from elsewhere;
tushare's own calendar has precedence for China and this one serves where there is no account.
"""

from workbench.data.providers.calendars.provider import PROVIDER, CalendarProvider

__all__ = ["PROVIDER", "CalendarProvider"]
