"""What the services with Docker Engines share: their containers, and what can be done with them."""
