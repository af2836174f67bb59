"""What other programs use: `yushen.client` speaks to the service over HTTP."""
