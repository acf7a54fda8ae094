"""Figures, side by side with a peer in the same run wherever there is one."""
