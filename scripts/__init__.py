"""What ``make`` runs besides the program itself. Standard library only."""
