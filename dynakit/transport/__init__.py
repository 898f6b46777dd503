"""The transports: what sends one call and gives its reply, or raises a ``Failure`` into the flow."""
