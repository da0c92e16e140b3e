"""The desk's phone numbers: who provides them, what proves their posts, how they are set up."""
