"""The clients: what drives flows over a transport, once for synchronous and once for asynchronous code."""
