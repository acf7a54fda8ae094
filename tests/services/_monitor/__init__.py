"""What the tests of monitors share: none of it is a service."""
