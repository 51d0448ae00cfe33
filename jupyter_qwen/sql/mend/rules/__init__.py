"""One rule a file. A rule proposes whole texts for one complaint of DuckDB; whether one is kept is not its business."""
