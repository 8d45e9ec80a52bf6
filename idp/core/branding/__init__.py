"""How the server looks: what is of no app and no organization."""
