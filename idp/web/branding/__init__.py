"""How the server looks, as it is typed and shown before it is kept."""
