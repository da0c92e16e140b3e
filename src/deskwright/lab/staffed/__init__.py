"""The desk run again with its people simulated, too: what they do is as recorded, when they do it follows. Pure."""
