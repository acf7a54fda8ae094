"""What the servers of language models share: how fast they answer, and models that are loaded."""
