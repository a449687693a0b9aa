"""The bus: a log that does not lose, a transport that may, cursors, and a place for what cannot be applied."""

from kasane_kit.bus.dead_letters import DeadLetter, ParkingReason
from kasane_kit.bus.messages import Message, MessageCodes
from kasane_kit.bus.parcels import Parcel
from kasane_kit.bus.relay import Relay
from kasane_kit.bus.sealing import Sealer
from kasane_kit.bus.transports import Deliver, Transport, TransportUnavailable

__all__ = [
    "DeadLetter",
    "Deliver",
    "Message",
    "MessageCodes",
    "Parcel",
    "ParkingReason",
    "Relay",
    "Sealer",
    "Transport",
    "TransportUnavailable",
]
