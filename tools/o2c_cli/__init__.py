"""The one command for set-up, run and test on a bare machine. Standard library only."""
