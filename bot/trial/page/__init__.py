"""The trial workspace as a page in a browser: what a person sees as JSON, what they do, handed to the trial."""
