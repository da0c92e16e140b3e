"""Discrete-event simulation in which agents are simulated too: lines, floors, their figures. Seeded."""
