"""JSON routes: declared, checked, run, documented."""
