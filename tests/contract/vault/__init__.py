"""Tests of the vault's adapters: one suite for all of them."""
