"""Orders that come from elsewhere: shop platforms' exports, read into one platform-neutral record and loaded."""
