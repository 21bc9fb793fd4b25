"""An appointment as calendars understand it (RFC 5545, RFC 5546): asked for, changed or cancelled under one UID.

A calendar is shown on shared screens: what it says names no candidate [choice].
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from icalendar import Calendar, Event, vCalAddress, vText

_PRODUCT = "-//Portail VAE//Entretiens//FR"
_LINE = "METHOD:"


class Method(StrEnum):
    """What a calendar is to do with the object."""

    REQUEST = "REQUEST"  # take it, or change what bears the same UID under a lower SEQUENCE
    CANCEL = "CANCEL"
    PUBLISH = "PUBLISH"  # a file that its owner downloads: nobody is invited


@dataclass(frozen=True, slots=True)
class Appointment:
    """What a calendar may know of an interview; instants are aware."""

    uid: str
    sequence: int
    starts_at: datetime
    ends_at: datetime
    summary: str
    location: str
    page: str  # where to read on, once signed in
    organizer: str  # an address
    organizer_name: str


def written(appointment: Appointment, method: Method, attendee: str, stamped_at: datetime) -> str:
    """The iCalendar text for one person, and for them alone: nobody reads the address of another."""
    calendar = Calendar()
    calendar.add("PRODID", _PRODUCT)
    calendar.add("VERSION", "2.0")
    calendar.add("METHOD", method.value)
    calendar.add_component(_event(appointment, method, attendee, stamped_at))
    return calendar.to_ical().decode("utf-8")


def _event(appointment: Appointment, method: Method, attendee: str, stamped_at: datetime) -> Event:
    event = Event()
    event.add("UID", appointment.uid)
    event.add("SEQUENCE", appointment.sequence)
    event.add("DTSTAMP", stamped_at.astimezone(UTC))
    event.add("DTSTART", appointment.starts_at.astimezone(UTC))
    event.add("DTEND", appointment.ends_at.astimezone(UTC))
    event.add("SUMMARY", appointment.summary)
    event.add("LOCATION", appointment.location)
    if method is not Method.CANCEL:  # there is nothing to answer any more
        event.add("URL", appointment.page)
        event.add("DESCRIPTION", f"Lire la convocation et y répondre : {appointment.page}")
    event.add("STATUS", "CANCELLED" if method is Method.CANCEL else "CONFIRMED")
    event.add("CLASS", "PRIVATE")
    event["ORGANIZER"] = _address(appointment.organizer, CN=appointment.organizer_name)
    if method is not Method.PUBLISH:
        # Answers are given in the portal: nobody reads what a calendar would send back.
        event["ATTENDEE"] = _address(attendee, ROLE="REQ-PARTICIPANT", PARTSTAT="NEEDS-ACTION", RSVP="FALSE")
    return event


def _address(email: str, **parameters: str) -> vCalAddress:
    address = vCalAddress(f"mailto:{email}")
    for name, value in parameters.items():
        address.params[name] = vText(value)
    return address


def method_of(text: str) -> str:
    """The METHOD that an object of ours says."""
    return next(line.removeprefix(_LINE).strip() for line in text.splitlines() if line.startswith(_LINE))
