"""What was known when: calendars, identities, membership and statements, without hindsight.

1. `calendar`      sessions of a market, and the days it knows
2. `securities`    stable identities, the codes they held, when they were listed
3. `is_st`         risk warnings by day, `st_intervals` those told from names
4. `members`       members of an index and their weights, `industries` groups of shares
5. `known_at`      the first session on which a statement may be used
6. `Fundamentals`  figures of statements on a grid, `statement` the rows known on a day
"""

from __future__ import annotations

from workbench.data.point_in_time.delistings import delistings
from workbench.data.point_in_time.fundamentals import Fundamentals
from workbench.data.point_in_time.industries import Industries, industries
from workbench.data.point_in_time.known_at import Known, known_at
from workbench.data.point_in_time.members import INDEX_ALIASES, Members, index_code, members
from workbench.data.point_in_time.names import RiskWarnings, is_st, st_intervals
from workbench.data.point_in_time.securities import Securities, securities
from workbench.data.point_in_time.sessions import SessionCalendar, calendar
from workbench.data.point_in_time.statements import statement

__all__ = [
    "INDEX_ALIASES",
    "Fundamentals",
    "Industries",
    "Known",
    "Members",
    "RiskWarnings",
    "Securities",
    "SessionCalendar",
    "calendar",
    "delistings",
    "index_code",
    "industries",
    "is_st",
    "known_at",
    "members",
    "securities",
    "st_intervals",
    "statement",
]
