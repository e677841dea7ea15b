"""What each part of the page says, as plain values: templates print them and decide nothing."""
