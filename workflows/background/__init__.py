"""What happens without anybody: jobs and their lanes, due timers, the worker."""
