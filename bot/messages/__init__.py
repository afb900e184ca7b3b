"""All that the bot says, in Japanese and in English, and how Slack shows it."""
