"""A pooling that somebody brings, put to the test: does it keep what a network asks of it, and beat its random twin?"""
