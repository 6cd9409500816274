"""What carriers tell of parcels, as events that workflows may follow."""

EVENTS = frozenset(
    {"carrier.in-transit", "carrier.arrived", "carrier.delivered", "carrier.returned", "carrier.damaged"}
)
