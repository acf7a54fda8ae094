import sys
from pathlib import Path

# The bench is a program of the checkout, not of the environment.
sys.path.append(str(Path(__file__).resolve().parents[3]))
