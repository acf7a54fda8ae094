"""What is offered to people, and what people ask for: requests that wait at the gate."""
