"""What it costs to send things: `prices` reckons, `zones` reads what the shop has set."""
