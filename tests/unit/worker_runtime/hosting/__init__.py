"""The worker host, room by room, over a zygote that forks nothing."""
