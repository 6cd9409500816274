"""The timeline: append-only entries, one hash chain a case, and the proof that nothing was altered."""
