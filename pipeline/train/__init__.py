"""Scripts that reproduce the assets; they need the network or corpora and run by hand, never in the
pipeline.
"""
