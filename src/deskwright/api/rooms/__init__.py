"""One module for each noun of the API: its shapes, its routes, and how they call the desk's deeds."""
