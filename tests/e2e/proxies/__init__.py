"""The recipes of docs/recipes, each run for real before the deployed collector."""
