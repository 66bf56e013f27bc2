#!/bin/sh
# workerd for the benchmark: what Workers log is written, but nobody is woken up to read it, as nobody is in a deployment.
exec "$WORKERD" "$@" > /dev/null
