"""Use cases: what somebody does with Escala, each one function that reads like a sentence."""
