"""The ground floor: settings, time, chance, secrets, rows. Knows no subject."""
