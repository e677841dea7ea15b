"""The gap between two methods over sizes of the network: figure 8."""
