"""留言: threads, their course as a process, and the offices that write."""
