"""The REST API: what programs of a shop read and do, under `/api/v1/`."""
