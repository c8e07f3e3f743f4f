"""Events, their venue, rooms, capacities and teams."""
