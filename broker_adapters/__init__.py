"""Venues behind one port: `base` says what is asked, `registry` opens who answers.

Importing this loads no adapter and no driver.
"""
