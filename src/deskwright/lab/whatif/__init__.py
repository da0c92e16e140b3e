"""What another workflow would have done to what really happened, and how sure the difference is. Pure."""
