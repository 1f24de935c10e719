"""What pages cost: CPU time of the server per request, as a multiple of a bare Flask page under the same server."""
