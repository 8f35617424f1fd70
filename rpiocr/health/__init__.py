"""What is installed and set up, what is not, and the command that fixes it. Nothing is sent anywhere."""
