"""`melcol COMMAND`: one module a command, or a few small ones together."""
