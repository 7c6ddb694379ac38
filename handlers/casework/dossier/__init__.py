"""The facts of a case as texts, its papers, and the trail that looking leaves."""
