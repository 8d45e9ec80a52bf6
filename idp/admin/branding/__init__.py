"""The page about how the server looks."""
