"""The public JSON: what comes in is read with every fault at once, what goes out is written."""
