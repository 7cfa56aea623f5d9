"""What the house keeps and says of it, and the rules of an order's states."""
