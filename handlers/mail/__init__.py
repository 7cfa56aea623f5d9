"""Mail that the house sends: to a folder by default, by SMTP where that is set."""
