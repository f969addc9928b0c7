"""Who decides a call: each responder answers it or passes it on."""
