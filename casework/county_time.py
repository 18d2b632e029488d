"""Moments of the database's clock as the county reads them. Standard library only."""

from datetime import UTC, datetime, timedelta

from casework.organisations import COUNTY_TIME

_EPOCH = datetime.fromtimestamp(0, UTC)


def county_moment(at_ms: int) -> datetime:
    """``at_ms``, milliseconds since 1970 UTC, on the county's clock."""
    return (_EPOCH + timedelta(milliseconds=at_ms)).astimezone(COUNTY_TIME)


def day_start_ms(at_ms: int) -> int:
    """When the county day of ``at_ms`` began."""
    start = county_moment(at_ms).replace(hour=0, minute=0, second=0, microsecond=0)
    return (start - _EPOCH) // timedelta(milliseconds=1)
