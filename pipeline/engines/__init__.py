"""What runs the extraction over many inputs: on this machine, or on several."""
