"""From pictures to passes: engines, and the scheduler that runs them side by side."""
