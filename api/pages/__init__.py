"""What people see: the terminal report, the plan page and the day lists."""
