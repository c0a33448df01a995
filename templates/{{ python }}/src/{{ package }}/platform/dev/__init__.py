"""What only a developer's machine has; never imported unless APP_ENV is dev."""
