"""How commands act at a running server, by its REST (``--server``).

Each module has the commands of the module of its name; what is not here refuses.
"""
