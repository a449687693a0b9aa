// Tells the time by the server's clock, also where the telephone's clock was moved.
//
// Time never runs backwards here: a clock that was set back neither lengthens the day nor changes when something was
// written. After a new start with a clock that is behind what was seen before, only the server can say what time it is.
"use strict";
(() => {
  const TOLERANCE = 2 * 60_000;

  class DoorClock {
    // wall() is the telephone's clock and mono() a clock that nobody sets, both in milliseconds.
    constructor(wall, mono) {
      this.wall = wall;
      this.mono = mono;
      this.kept = null;
      this.started = null;
    }
    // The server says what time it is and when the day ends.
    anchor(server, ends) {
      this.kept = { server, ends, wall: this.wall(), seen: this.wall() };
      this.started = this.mono();
      return this.kept;
    }
    // What an earlier start of the page kept.
    resume(kept) {
      this.kept = kept ? { ...kept } : null;
      this.started = null;
    }
    // Remembers the latest that the telephone's clock ever showed; to be kept again.
    look() {
      if (this.kept) this.kept.seen = Math.max(this.kept.seen, this.wall());
      return this.kept;
    }
    now() {
      if (!this.kept) return this.wall();
      const { server, wall, seen } = this.kept;
      const passed = [this.wall() - wall, seen - wall];
      if (this.started !== null) passed.push(this.mono() - this.started);
      return server + Math.max(...passed);
    }
    // The telephone's clock is behind what it showed before.
    get setBack() {
      return this.kept !== null && this.wall() < this.kept.seen - TOLERANCE;
    }
    // "open", "over" at the end of the day, "behind" where only the server knows.
    get state() {
      if (!this.kept) return "over";
      if (this.now() >= this.kept.ends) return "over";
      return this.setBack && this.started === null ? "behind" : "open";
    }
  }

  globalThis.DoorClock = DoorClock;
})();
