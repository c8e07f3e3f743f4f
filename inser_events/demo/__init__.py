"""The demo: the launch of INSER, a plenary and a workshop, with invented people, by the operations of every domain."""
