"""The people a shop serves: who they are, how to reach them, in which language."""
