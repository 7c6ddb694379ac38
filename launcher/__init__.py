"""What `./zige` needs beside its chores; only the standard library: it runs before anything is installed."""
