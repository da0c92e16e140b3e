"""Text messages and WhatsApp: what came, what leaves, and how it did."""
