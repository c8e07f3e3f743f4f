"""How fast: ``make bench`` starts the server as users would and prints the table of docs/performance.md."""
