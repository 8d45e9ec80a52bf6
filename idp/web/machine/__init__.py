"""How programs are answered: before Flask, by functions of values."""
