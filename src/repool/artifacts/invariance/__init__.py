"""Whether a network depends on the order of nodes: appendix C."""
