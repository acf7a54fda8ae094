"""The one truth: every record is here before anything is shown or done."""
