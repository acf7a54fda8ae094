"""People ask, the steward answers: from its own records first, with a model where there is one."""
