"""The tests of the house: unit, contract, integration, e2e, simulation and structure."""
