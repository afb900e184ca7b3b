"""A question -> one of five outcomes; pure, in memory."""
