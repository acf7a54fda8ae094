"""Database: every record is stored before it is shown or acted on."""
