"""Opens what strangers sent in a process that may do nothing else."""
