import sys
from pathlib import Path

# The package bench is not installed in the environment.
sys.path.append(str(Path(__file__).resolve().parents[3]))
