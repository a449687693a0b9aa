"""The door-step's queue against the real handlers: in the real service worker, and in Node without a browser."""
