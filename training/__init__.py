"""How the shipped encoder is made: data, train, export, one command each. Torch is imported here only."""
