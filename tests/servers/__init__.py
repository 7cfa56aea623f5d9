"""The real servers that tests run against, each started on a free loopback port."""
