"""Full-text search over short documents: runbooks and past incidents. Pure, without dependencies."""
