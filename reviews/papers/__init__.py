"""The anonymous paper, and who on the committee may read it."""
