"""The thinking house: watches, asks, acts and writes it down."""
